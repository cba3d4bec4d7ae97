"""One rule a file: each looks at a case and answers, or says that it does not concern the person."""

"""One rule a file: each looks at the facts and objects, or says nothing."""

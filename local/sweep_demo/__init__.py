"""The compliance sweep on this machine: a company with planted findings, weeks behind it, and its report."""

"""Tasks over whole files, without an editor: the other half of `lastmile fix`, which reads, writes and prints."""

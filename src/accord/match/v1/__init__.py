"""Matching algorithm, version 1: `analyse -> block -> score -> explain` over columns and integer ids.

A published version is frozen: a change that moves a score goes into a folder of its own, so that two parties who
name a version get the same answer. Read in the order of the pipeline: `script` (letters), `lexicon` (what words
mean), `vocabulary` (words), `analyse` (records), `block` (candidates), `similar` (word pairs), `align` (name pairs),
`compare` (everything that is not a name), `score`, `explain`.
"""

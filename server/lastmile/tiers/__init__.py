"""Who drafts: one module a family, and what the families that ask a model share.

`prompt` says what is asked, `replies` reads what is answered, `egress` stands in front of every
tier that sends text off the machine. Nothing here judges a draft or decides who is asked.
"""

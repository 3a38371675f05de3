"""The durable record of every attempt and every dollar, and the bill that it adds up to.

It decides nothing about tiers or tasks and sends nothing anywhere; it only says whether the money
for a call is there.
"""

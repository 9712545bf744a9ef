# What vendors sent, saved and fed in again, and what nobody understood.
$ regulars programme publish testdata/in/programme.yaml
Published: corner holds from 2026-01-01T00:00:00+01:00, with 1 earning rule, 1 tier, 1 offer, 1 campaign.

$ regulars inbox
The inbox is empty: everything was understood.

$ regulars replay testdata/in/saved.json
testdata/in/saved.json: checkout.completed.v1 web/shopify/820982911946154500

$ regulars replay testdata/in/saved.json
testdata/in/saved.json: checkout.completed.v1 web/shopify/820982911946154500

$ regulars replay testdata/in/event.json testdata/in/events.jsonl
testdata/in/event.json: checkout.completed.v1 0042/04/88
testdata/in/events.jsonl:1: checkout.completed.v1 0042/04/91
testdata/in/events.jsonl:2: not understood: card 12345 is not one of ours: the number is not one of this programme: that is not a reward card of this shop: scan the card, or type a phone number or e-mail address; scan it again
testdata/in/events.jsonl:4: not understood: nobody acts on events of type points.earned.v1
regulars: 2 of 4 deliveries could not be done
(exit 1)

$ regulars replay testdata/in/garbage.txt
testdata/in/garbage.txt: not understood: the file is no JSON, and --vendor does not say whose it is
regulars: 1 of 1 deliveries could not be done
(exit 1)

$ regulars replay testdata/in/stranger.json
testdata/in/stranger.json: not understood: it is no event of ours, and nothing in it tells the vendor; say --vendor and --topic
regulars: 1 of 1 deliveries could not be done
(exit 1)

$ regulars replay testdata/in/none.json
regulars: open testdata/in/none.json: no such file or directory
(exit 1)

$ regulars replay testdata/in/stranger.json --vendor shopify --topic orders/paid
testdata/in/stranger.json: not understood: /id is missing
regulars: 1 of 1 deliveries could not be done
(exit 1)

$ regulars replay testdata/in/stranger.json --vendor shopify --topic products/update
testdata/in/stranger.json: ignored: topic not listened to

$ regulars replay testdata/in/stranger.json --vendor shopify --topic orders/paid --json
[
  {
    "file": "testdata/in/stranger.json",
    "problem": "/id is missing"
  }
]
regulars: 1 of 1 deliveries could not be done
(exit 1)

$ regulars verify
1 card with 14 points in 2 entries: 0 live coupons
3 receipts (1 of guests, 0 kept without earning), 0 returns, 0 messages
Everything adds up.


# A shop from its first day, as the person behind the counter types it.
$ regulars programme check testdata/in/programme.bad.yaml
testdata/in/programme.bad.yaml:4:11: /currency: invalid amount: "DOUBLOONS" is not an ISO 4217 currency
testdata/in/programme.bad.yaml:18:40: /offers/0/percent: "ten" is no percentage from 0.01 to 100 with at most two decimals
(exit 3)

$ regulars programme check testdata/in/programme.bad.yaml --json
{
  "faults": [
    {
      "pointer": "/currency",
      "message": "invalid amount: \"DOUBLOONS\" is not an ISO 4217 currency",
      "line": 4,
      "column": 11
    },
    {
      "pointer": "/offers/0/percent",
      "message": "\"ten\" is no percentage from 0.01 to 100 with at most two decimals",
      "line": 18,
      "column": 40
    }
  ]
}
(exit 3)

$ regulars programme check testdata/in/none.yaml
regulars: open testdata/in/none.yaml: no such file or directory
(exit 1)

$ regulars programme check testdata/in/garbage.txt
testdata/in/garbage.txt:1:1: must be an object, not a string
(exit 3)

$ regulars programme check testdata/in/programme.yaml
testdata/in/programme.yaml is a sound programme: it holds from 2026-01-01T00:00:00+01:00, in EUR, with 1 earning rule, 1 tier, 1 offer, 1 campaign.

$ regulars programme publish testdata/in/programme.bad.yaml
testdata/in/programme.bad.yaml:4:11: /currency: invalid amount: "DOUBLOONS" is not an ISO 4217 currency
testdata/in/programme.bad.yaml:18:40: /offers/0/percent: "ten" is no percentage from 0.01 to 100 with at most two decimals
(exit 3)

$ regulars programme publish testdata/in/programme.yaml
Published: corner holds from 2026-01-01T00:00:00+01:00, with 1 earning rule, 1 tier, 1 offer, 1 campaign.

$ regulars programme publish testdata/in/programme.yaml
Published: corner holds from 2026-01-01T00:00:00+01:00, with 1 earning rule, 1 tier, 1 offer, 1 campaign.

$ regulars programme publish testdata/in/programme.conflict.yaml
regulars: another programme that holds from 2026-01-01T00:00:00+01:00 is published already, and a published one never changes; give this one a later `from`
(exit 1)

$ regulars programme publish testdata/in/programme.secret.yaml
regulars: cards.secret or cards.prefix differ from those of the programme before: no card in a purse would be known any more; copy them from `regulars programme show --json`, or use --force
(exit 1)

$ regulars programme show
corner of Corner Shop, in EUR, holds from 2026-01-01T00:00:00+01:00
  earn      base         1 point for each 1.00 EUR
  tier      silver       Silver from 50 points in a year
  offer     ten          10 % off
  campaign  big          on checkout
  version   187e912d5187

$ regulars programme show --at yesterday
regulars: "yesterday" is no moment such as 2026-11-21T10:00:00+01:00
(exit 1)

$ regulars key list
There are no keys yet; `regulars key create --store ID` makes one.

$ regulars key create --store 0042 --name 'till 3'
rk_SECRET

This is key KEYID00000 for store 0042. It is shown this once; keep it in the settings of whatever sends it.

$ regulars key create --store '*' --name Mira --may campaigns
rk_SECRET

This is key KEYID00000 for store * and opens campaigns. It is shown this once; keep it in the settings of whatever sends it.

$ regulars key create --store 0042 --name Mira --may campaigns
regulars: the right campaigns is for all stores together; say --store '*'
(exit 1)

$ regulars key create --store '00 42'
regulars: the store "00 42" is no id: 1 to 64 of A-Z a-z 0-9 . _ - #, or * for all stores
(exit 1)

$ regulars key list
KEY         STORE  MAY        CREATED           REVOKED  NAME
KEYID00000  *      campaigns  2026-11-21 12:00  -        Mira
KEYID00000  0042   till       2026-11-21 12:00  -        till 3

$ regulars key rotate 0000000000
regulars: no key is called KEYID00000; `regulars key list` shows them
(exit 1)

$ regulars key rotate 0000000000 --keep 90s
regulars: --keep is a time in whole minutes: 0s, 30m, 24h
Try `regulars key rotate --help`.
(exit 2)

$ regulars key revoke 0000000000
regulars: no key is called KEYID00000; `regulars key list` shows them
(exit 1)

$ regulars send testdata/in/receipt.json
Receipt 0042/03/000173 brings 59 points to card 77000001, which has 59 now.
  The card is new: this was its first swipe.
  The tier is Silver now; it was the base.
  Coupon N9P1Y9 is granted: 10 % off, good until 2026-12-21.

$ regulars send testdata/in/receipt.json
Receipt 0042/03/000173 was known already; nothing has changed.
  It had brought 59 points to card 77000001, which had 59 then.
  Coupon N9P1Y9 is granted: 10 % off, good until 2026-12-21.

$ regulars send testdata/in/receipt.other.json
regulars: testdata/in/receipt.other.json: Receipt 0042/03/000173 was already recorded with other lines or another card; send a return and a new receipt
(exit 1)

$ regulars send testdata/in/receipt.bad.json
regulars: testdata/in/receipt.bad.json: Some fields are not as they should be; nothing was stored
  /lines/0/amount/currency: should be EUR
  /lines/1/amount/currency: should be EUR
  /total/currency: should be EUR
  /lines/0/quantity: must be from 1 to 1000000, is 0
(exit 1)

$ regulars send testdata/in/receipt.guest.json
Receipt 0042/03/000174 is kept. No card was swiped, so nothing is earned.

$ regulars send testdata/in/garbage.txt
regulars: testdata/in/garbage.txt: is no JSON object: invalid character 'h' in literal true (expecting 'r')
(exit 1)

$ regulars send testdata/in/stranger.json
regulars: testdata/in/stranger.json: is neither a checkout (with "receipt"), a return (with "return") nor an event (with "type", "metadata" and "data")
(exit 1)

$ regulars send testdata/in/none.json
regulars: open testdata/in/none.json: no such file or directory
(exit 1)

$ regulars send testdata/in/event.json
Event 7QZ4M8K2 (checkout.completed.v1) is done.

$ regulars send testdata/in/events.json
Event 1, A1 (checkout.completed.v1), is done.
Event 2 is refused (invalid_fields): Some fields are not as they should be; nothing was stored.
  /data/total/amount: must be from 0 to 10000000000, is -7
regulars: 1 of 2 events were not done
(exit 1)

$ regulars card enrol --number 77000001 --store 0042 --email mira@example.com --given Mira --consent offers
Enrolled card 77000001.
Card 77000001: 66 points, tier Silver
  shopper   Mira, mira@example.com
  consents  offers
  since     2026-11-20, 2 visits
  holds     until 2027-12-31, then the base
  lot       66 points, never expire
  coupon    N9P1Y9: 10 % off, until 2026-12-21

WHEN              WHAT  POINTS  BALANCE  CAUSE
2026-11-20 14:30  earn  +7      66       0042/04/88
2026-11-20 09:00  earn  +59     59       0042/03/000173

$ regulars card enrol --number 12345
regulars: Some fields are not as they should be; nothing was stored
  /store: is missing
(exit 1)

$ regulars card enrol --email nobody
regulars: Some fields are not as they should be; nothing was stored
  /store: is missing
  /email: must be an e-mail address such as lena@shop.example; letters outside ASCII cannot be mailed to, a domain may be written in its xn-- form
(exit 1)

$ regulars card enrol --store 0042 --given Noor
Enrolled card 04NNNNNNNNNNN.
Card 04NNNNNNNNNNN: 0 points, no tier
  shopper   Noor
  since     2026-11-21, 0 visits
  next      Silver: 50 points more, 50.00 EUR at the base rate

$ regulars card 77000001
Card 77000001: 66 points, tier Silver
  shopper   Mira, mira@example.com
  consents  offers
  since     2026-11-20, 2 visits
  holds     until 2027-12-31, then the base
  lot       66 points, never expire
  coupon    N9P1Y9: 10 % off, until 2026-12-21

WHEN              WHAT  POINTS  BALANCE  CAUSE
2026-11-20 14:30  earn  +7      66       0042/04/88
2026-11-20 09:00  earn  +59     59       0042/03/000173

$ regulars card mira@example.com --json
{
  "balance": 66,
  "card": "77000001",
  "coupons": [
    {
      "campaign": "big",
      "expires_on": "2026-12-21",
      "id": "N9P1Y9",
      "name": "10 % off",
      "offer": "ten"
    }
  ],
  "enrolled_on": "2026-11-20",
  "entries": [
    {
      "at": "2026-11-20T14:30:00Z",
      "balance": 66,
      "cause": "0042/04/88",
      "kind": "earn",
      "number": 2,
      "points": 7,
      "tier": {
        "id": "silver",
        "name": "Silver"
      }
    },
    {
      "at": "2026-11-20T09:00:00Z",
      "balance": 59,
      "cause": "0042/03/000173",
      "coupons_granted": [
        {
          "campaign": "big",
          "expires_on": "2026-12-21",
          "id": "N9P1Y9",
          "name": "10 % off",
          "offer": "ten"
        }
      ],
      "kind": "earn",
      "number": 1,
      "points": 59,
      "tier": {
        "id": "silver",
        "name": "Silver"
      }
    }
  ],
  "lost_numbers": [],
  "lots": [
    {
      "points": 66
    }
  ],
  "number": "77000001",
  "shopper": {
    "consents": {
      "offers": {
        "allowed": true,
        "at": "2026-11-21T12:00:00Z",
        "source": "till 0042"
      }
    },
    "email": "mira@example.com",
    "given_name": "Mira",
    "since": "2026-11-21"
  },
  "standing": {
    "at_risk": false,
    "benefits": [],
    "by_hand": false,
    "holds_until": "2027-12-31",
    "then": {
      "id": "",
      "name": ""
    },
    "tier": {
      "id": "silver",
      "name": "Silver"
    }
  },
  "status": "open",
  "tier": {
    "id": "silver",
    "name": "Silver"
  },
  "visits": 2
}

$ regulars send testdata/in/return.json
Return R-9 of receipt 0042/03/000173 takes back 20 points from card 77000001, which has 46 now.
  20.00 EUR go back to the shopper.
  The tier is the base now; it was Silver.

$ regulars send testdata/in/return.json --json
{
  "balance": 46,
  "basis": "counterfactual",
  "card": "77000001",
  "coupons_refused": [],
  "coupons_reinstated": [],
  "coupons_voided": [],
  "guest": false,
  "lines": [
    {
      "id": "1",
      "quantity": 1,
      "refund": {
        "amount": 2000,
        "currency": "EUR"
      }
    }
  ],
  "lots": [
    {
      "points": 46
    }
  ],
  "next_tier": {
    "amount_missing": {
      "amount": 400,
      "currency": "EUR"
    },
    "id": "silver",
    "name": "Silver",
    "points_missing": 4
  },
  "points": -20,
  "receipt": {
    "number": "000173",
    "store": "0042",
    "till": "03"
  },
  "refund": {
    "amount": 2000,
    "currency": "EUR"
  },
  "repeated": true,
  "return": "R-9",
  "tier": {
    "id": "",
    "name": ""
  },
  "tier_before": {
    "id": "silver",
    "name": "Silver"
  }
}

$ regulars card replace 77000001 --number 77000002 --lost-at 2026-11-21T11:30:00Z
The new number is 77000002.
Card 77000002, first 77000001: 46 points, no tier
  shopper   Mira, mira@example.com
  consents  offers
  since     2026-11-20, 2 visits
  lost      77000001, since 2026-11-21 11:30
  next      Silver: 4 points more, 4.00 EUR at the base rate
  lot       46 points, never expire
  coupon    N9P1Y9: 10 % off, until 2026-12-21

WHEN              WHAT     POINTS  BALANCE  CAUSE
2026-11-21 10:00  reverse  -20     46       0042/03/000173~1
2026-11-20 14:30  earn     +7      66       0042/04/88
2026-11-20 09:00  earn     +59     59       0042/03/000173

$ regulars card adjust 77000002 --points 25 --reason 'Cold coffee' --by Mira --id a-1
Adjusted card 77000002.
Card 77000002, first 77000001: 71 points, no tier
  shopper   Mira, mira@example.com
  consents  offers
  since     2026-11-20, 2 visits
  lost      77000001, since 2026-11-21 11:30
  next      Silver: 4 points more, 4.00 EUR at the base rate
  lot       71 points, never expire
  coupon    N9P1Y9: 10 % off, until 2026-12-21

WHEN              WHAT     POINTS  BALANCE  CAUSE
2026-11-21 12:00  adjust   +25     71       adjust:a-1 (Cold coffee, Mira)
2026-11-21 10:00  reverse  -20     46       0042/03/000173~1
2026-11-20 14:30  earn     +7      66       0042/04/88
2026-11-20 09:00  earn     +59     59       0042/03/000173

$ regulars card adjust 77000002 --points -100 --reason 'Typed twice' --by Mira --id a-2
regulars: Card 77000001 has 71 points; take at most those
(exit 1)

$ regulars card block 77000002 --reason 'Found in the street' --by Mira --id s-1
Blocked card 77000002.
Card 77000002, first 77000001: 71 points, no tier, blocked
  shopper   Mira, mira@example.com
  consents  offers
  since     2026-11-20, 2 visits
  lost      77000001, since 2026-11-21 11:30
  next      Silver: 4 points more, 4.00 EUR at the base rate
  lot       71 points, never expire
  coupon    N9P1Y9: 10 % off, until 2026-12-21

WHEN              WHAT     POINTS  BALANCE  CAUSE
2026-11-21 12:00  adjust   +0      71       status:s-1 (blocked, Found in the street, Mira)
2026-11-21 12:00  adjust   +25     71       adjust:a-1 (Cold coffee, Mira)
2026-11-21 10:00  reverse  -20     46       0042/03/000173~1
2026-11-20 14:30  earn     +7      66       0042/04/88
2026-11-20 09:00  earn     +59     59       0042/03/000173

$ regulars card unblock 77000002 --reason 'Fetched by its owner' --by Mira --id s-2
Card 77000002 is open again.
Card 77000002, first 77000001: 71 points, no tier
  shopper   Mira, mira@example.com
  consents  offers
  since     2026-11-20, 2 visits
  lost      77000001, since 2026-11-21 11:30
  next      Silver: 4 points more, 4.00 EUR at the base rate
  lot       71 points, never expire
  coupon    N9P1Y9: 10 % off, until 2026-12-21

WHEN              WHAT     POINTS  BALANCE  CAUSE
2026-11-21 12:00  adjust   +0      71       status:s-2 (open, Fetched by its owner, Mira)
2026-11-21 12:00  adjust   +0      71       status:s-1 (blocked, Found in the street, Mira)
2026-11-21 12:00  adjust   +25     71       adjust:a-1 (Cold coffee, Mira)
2026-11-21 10:00  reverse  -20     46       0042/03/000173~1
2026-11-20 14:30  earn     +7      66       0042/04/88
2026-11-20 09:00  earn     +59     59       0042/03/000173

$ regulars card 77000002
Card 77000002, first 77000001: 71 points, no tier
  shopper   Mira, mira@example.com
  consents  offers
  since     2026-11-20, 2 visits
  lost      77000001, since 2026-11-21 11:30
  next      Silver: 4 points more, 4.00 EUR at the base rate
  lot       71 points, never expire
  coupon    N9P1Y9: 10 % off, until 2026-12-21

WHEN              WHAT     POINTS  BALANCE  CAUSE
2026-11-21 12:00  adjust   +0      71       status:s-2 (open, Fetched by its owner, Mira)
2026-11-21 12:00  adjust   +0      71       status:s-1 (blocked, Found in the street, Mira)
2026-11-21 12:00  adjust   +25     71       adjust:a-1 (Cold coffee, Mira)
2026-11-21 10:00  reverse  -20     46       0042/03/000173~1
2026-11-20 14:30  earn     +7      66       0042/04/88
2026-11-20 09:00  earn     +59     59       0042/03/000173

$ regulars card 99
regulars: That is not a reward card of this shop: scan the card, or type a phone number or e-mail address
(exit 1)

$ regulars verify
2 cards with 71 points in 6 entries: 1 live coupon
4 receipts (2 of guests, 0 kept without earning), 1 return, 0 messages
Everything adds up.

$ regulars verify --replay
2 cards with 71 points in 6 entries: 1 live coupon
4 receipts (2 of guests, 0 kept without earning), 1 return, 0 messages
Everything adds up.

Decided again on 2 cards: 2 receipts, 1 return, 0 expiries
  taken as they stand: 3 entries of staff and campaigns
Every answer comes out as it is recorded.

$ regulars verify --json
{
  "cards": 2,
  "entries": 6,
  "points": 71,
  "coupons": 1,
  "receipts": 4,
  "guests": 2,
  "silent": 0,
  "returns": 1,
  "messages": 0,
  "returns_waiting": 0,
  "wrong": 0,
  "faults": []
}


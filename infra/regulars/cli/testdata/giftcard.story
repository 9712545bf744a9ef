# A gift card from its sale to the day it is found to be lost.
$ regulars programme publish testdata/in/giftcards.yaml
Published: corner holds from 2026-01-01T00:00:00+01:00, with 1 earning rule, 1 tier, 1 offer, 1 campaign.

$ regulars giftcard issue --amount '25.00 EUR' --id a-1
GQGR72-X4D6S8-VDKX5Q
This is the number of gift card 89G7M9QT98VEHAVAPQHE. It is kept nowhere: write it on the card now.
Gift card 89G7M9QT98VEHAVAPQHE: 25.00 EUR, until 2029-11-30

WHEN              WHAT   AMOUNT     CAUSE
2026-11-21 12:00  issue  25.00 EUR  issue:/a-1

$ regulars giftcard issue --amount '25.00 EUR' --id a-1
GQGR72-X4D6S8-VDKX5Q
This is the number of gift card 89G7M9QT98VEHAVAPQHE. It is kept nowhere: write it on the card now.
Gift card 89G7M9QT98VEHAVAPQHE: 25.00 EUR, until 2029-11-30

WHEN              WHAT   AMOUNT     CAUSE
2026-11-21 12:00  issue  25.00 EUR  issue:/a-1

$ regulars giftcard issue --amount '30.00 EUR' --id a-1
regulars: This number was issued before, with other content; a gift card is issued once
(exit 1)

$ regulars giftcard issue --amount '500.00 EUR' --id a-2
regulars: A gift card holds at most 100.00 EUR
(exit 1)

$ regulars giftcard GQGR72-X4D6S8-VDKX5Q
Gift card 89G7M9QT98VEHAVAPQHE: 25.00 EUR, until 2029-11-30

WHEN              WHAT   AMOUNT     CAUSE
2026-11-21 12:00  issue  25.00 EUR  issue:/a-1

$ regulars giftcard show 89G7M9QT98VEHAVAPQHE --json
{
  "id": "89G7M9QT98VEHAVAPQHE",
  "repeated": false,
  "status": "open",
  "balance": {
    "amount": 2500,
    "currency": "EUR"
  },
  "expires_on": "2029-11-30",
  "entries": [
    {
      "at": "2026-11-21T12:00:00Z",
      "kind": "issue",
      "cause": "issue:/a-1",
      "amount": {
        "amount": 2500,
        "currency": "EUR"
      }
    }
  ]
}

$ regulars giftcard show 89G7M9QT98VEHAVAPQHEX
regulars: Some fields are not as they should be; nothing was stored
  /number: is no number of a gift card; scan it again
(exit 1)

$ regulars giftcard block GQGR72-X4D6S8-VDKX5Q --reason 'Left on the bus' --by Mira --id b-1
Blocked.
Gift card 89G7M9QT98VEHAVAPQHE: 25.00 EUR, until 2029-11-30, blocked

WHEN              WHAT   AMOUNT     CAUSE
2026-11-21 12:00  block  0.00 EUR   status:b-1: Left on the bus (Mira)
2026-11-21 12:00  issue  25.00 EUR  issue:/a-1

$ regulars giftcard block 89G7M9QT98VEHAVAPQHE --by Mira --id b-2
regulars: Some fields are not as they should be; nothing was stored
  /reason: is missing
(exit 1)

$ regulars giftcard unblock 89G7M9QT98VEHAVAPQHE --reason 'Found again' --by Mira --id b-3
It is open again.
Gift card 89G7M9QT98VEHAVAPQHE: 25.00 EUR, until 2029-11-30

WHEN              WHAT   AMOUNT     CAUSE
2026-11-21 12:00  open   0.00 EUR   status:b-3: Found again (Mira)
2026-11-21 12:00  block  0.00 EUR   status:b-1: Left on the bus (Mira)
2026-11-21 12:00  issue  25.00 EUR  issue:/a-1

$ regulars card enrol --number 77000001 --store 0042
Enrolled card 77000001.
Card 77000001: 0 points, no tier
  shopper   
  since     2026-11-21, 0 visits
  next      Silver: 50 points more, 50.00 EUR at the base rate

$ regulars giftcard issue --amount '5.00 EUR' --id a-3 --card 77000001 --reason 'Cold coffee' --by Mira
GRJXD6-G5BTQY-27B1DS
This is the number of gift card X4V38DC2QDARYVS45DNZ. It is kept nowhere: write it on the card now.
Gift card X4V38DC2QDARYVS45DNZ: 5.00 EUR, until 2029-11-30
  card      77000001, which must be shown

WHEN              WHAT   AMOUNT    CAUSE
2026-11-21 12:00  issue  5.00 EUR  issue:/a-3: Cold coffee (Mira)

$ regulars verify
1 card with 0 points in 0 entries: 0 live coupons
0 receipts (0 of guests, 0 kept without earning), 0 returns, 0 messages
2 gift cards in EUR: issued 30.00 EUR, redeemed 0.00 EUR, refunded 0.00 EUR, expired 0.00 EUR, cancelled 0.00 EUR, left 30.00 EUR
Everything adds up.

$ regulars verify --json
{
  "cards": 1,
  "entries": 0,
  "points": 0,
  "coupons": 0,
  "receipts": 0,
  "guests": 0,
  "silent": 0,
  "returns": 0,
  "messages": 0,
  "returns_waiting": 0,
  "gift_cards": [
    {
      "currency": "EUR",
      "cards": 2,
      "issued": 3000,
      "redeemed": 0,
      "refunded": 0,
      "expired": 0,
      "cancelled": 0,
      "balance": 3000
    }
  ],
  "wrong": 0,
  "faults": []
}


# Codes of coupons: a batch is made in seconds, made again at any time, shown and taken back.
$ regulars programme publish testdata/in/programme.codes.yaml
Published: corner holds from 2026-01-01T00:00:00+01:00, with 1 earning rule, 1 tier, 3 offers, 1 campaign.

$ regulars code make ten --count 5 --out SHOP.csv
regulars: offer ten takes no codes of batches; set codes: true on it and publish the programme
(exit 1)

$ regulars code make spring --count 0 --out SHOP.csv
regulars: a batch has 1 to 10000000 codes
(exit 1)

$ regulars code make spring --count 5 --until 2027-05-31 --name 'door to door' --out SHOP.csv
Batch 1: 5 codes for offer spring in SHOP.csv.

$ regulars code make spring --count 5 --out SHOP.csv
Batch 1: 5 codes for offer spring in SHOP.csv.

$ regulars code make spring --count 6 --out SHOP.csv
regulars: SHOP.csv holds codes of batch 1, which has 5 codes for offer spring; name another file
(exit 1)

$ regulars code make --batch 1 --out SHOP.again.csv --json
{
  "batch": 1,
  "offer": "spring",
  "name": "door to door",
  "count": 5,
  "until": "2027-05-31",
  "made_at": "2026-11-21T12:00:00Z"
}

$ regulars code list
BATCH  OFFER   CODES  FROM  UNTIL       VOIDED  NAME
1      spring  5      -     2027-05-31  -       door to door

$ regulars code show welcome-10
Code WE1C0ME10: offer welcome
  used    offer/welcome/ever: 0 of 1000 uses, 0 of 50000 minor units

$ regulars code show 0000-0000-000
regulars: 00000000000 is no code of this shop; was it read right?
(exit 1)

$ regulars code void WELCOME10
regulars: everybody may use WE1C0ME10; take it out of the programme, or give its offer a last day
(exit 1)

$ regulars code void --batch 1
Batch 1 is void since 2026-11-21 12:00.

$ regulars code list --json
[
  {
    "batch": 1,
    "offer": "spring",
    "name": "door to door",
    "count": 5,
    "until": "2027-05-31",
    "made_at": "2026-11-21T12:00:00Z",
    "voided_at": "2026-11-21T12:00:00Z"
  }
]


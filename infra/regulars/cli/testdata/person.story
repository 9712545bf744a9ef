$ regulars programme publish testdata/in/programme.yaml
Published: corner holds from 2026-01-01T00:00:00+01:00, with 1 earning rule, 1 tier, 1 offer, 1 campaign.

$ regulars card enrol --number 77000001 --store 0042 --given Mira
Enrolled card 77000001.
Card 77000001: 0 points, no tier
  shopper   Mira
  since     2026-11-21, 0 visits
  next      Silver: 50 points more, 50.00 EUR at the base rate

$ regulars person export 77000001
{"type":"held","table":"cards","item":"card/77000001 DATE/enrolled","content":{"on":"11-21"}}
{"type":"card","card":"77000001","enrolled_on":"2026-11-21","status":"open","balance":0}
{"type":"shopper","card":"77000001","since":"2026-11-21","given_name":"Mira"}
{"type":"end","counts":{"card":1,"held":1,"shopper":1}}

$ regulars person export nobody@shopper.example
regulars: no card has this number or belongs to this e-mail address
(exit 1)

$ regulars person erase 77000001
regulars: an erasure wants a reason of 1 to 80 characters and the name of who does it, of 1 to 40
(exit 1)

$ regulars person erase 77000001 --reason 'Asked by e-mail' --by Mira
Erased the shopper of card 77000001; 0 carts and 0 letters of the inbox were emptied.

$ regulars person erase 77000001 --reason 'Asked by e-mail' --by Mira --json
{
  "card": "77000001",
  "carts": 0,
  "letters": 0,
  "repeated": true
}

$ regulars card show 77000001
Card 77000001: 0 points, no tier, closed
  shopper   
  since     2026-11-21, 0 visits
  next      Silver: 50 points more, 50.00 EUR at the base rate

WHEN              WHAT    POINTS  BALANCE  CAUSE
2026-11-21 12:00  adjust  +0      0        status:erase-77000001 (closed, Asked by e-mail, Mira)


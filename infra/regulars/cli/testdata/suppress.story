$ regulars programme publish testdata/in/programme.yaml
Published: corner holds from 2026-01-01T00:00:00+01:00, with 1 earning rule, 1 tier, 1 offer, 1 campaign.

$ regulars suppress add Ana@Shopper.example bo@shopper.example
Nothing but what they need is sent to 2 addresses any more.

$ regulars suppress add bo@shopper.example --reason bounce
Nothing but what they need is sent to 1 address any more.

$ regulars suppress add cy@shopper.example --reason bored
regulars: --reason is one of request, bounce, complaint
Try `regulars suppress add --help`.
(exit 2)

$ regulars suppress add nobody
regulars: 1 to 1000 e-mail addresses are needed, and one of these is none
(exit 1)

$ regulars suppress list
REASON     ADDRESSES
bounce     1
complaint  0
request    1
erased     0

$ regulars suppress remove ana@shopper.example
1 address off the list; what they have consented to decides again.

$ regulars suppress list
REASON     ADDRESSES
bounce     1
complaint  0
request    0
erased     0


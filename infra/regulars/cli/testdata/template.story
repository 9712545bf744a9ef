$ regulars programme publish testdata/in/letters.yaml
Published: corner holds from 2026-01-01T00:00:00+01:00, with 0 earning rules, 0 tiers, 1 offer, 2 campaigns.

$ regulars template list
TEMPLATE  LANGUAGES  TOPIC   CAMPAIGNS  SUBJECT
thanks    en de      offers  big        Thank you, Ana
note      en         offers  word       A word

$ regulars template preview thanks --sample
Subject: Thank you, Ana

+--------------------------------------+
10 % off beans

    C7K2M9X4QF

Valid until 21 December 2026
+--------------------------------------+

Good for
- House beans 1 kg  12.00 EUR
  https://corner.example/beans

1,240 points
Tier: Gold
Card: 2600000070010

-- 
Corner Shop
1 Test Street, Testing

You receive this e-mail because you agreed to news from Corner Shop.
Unsubscribe: https://unsubscribe.invalid/

$ regulars template preview thanks --language de-AT
Subject: Danke, Ana

+--------------------------------------+
10 % off beans

    C7K2M9X4QF

Gültig bis 21.12.2026
+--------------------------------------+

-- 
Corner Shop
1 Test Street, Testing

Sie erhalten diese E-Mail, weil Sie Nachrichten von Corner Shop zugestimmt haben.
Abmelden: https://unsubscribe.invalid/

$ regulars card enrol --number 77000001 --store 0042 --given Mira
Enrolled card 77000001.
Card 77000001: 0 points, no tier
  shopper   Mira
  since     2026-11-21, 0 visits

# Mira has not agreed to offers: she sees it, and why she would not get it.
$ regulars template preview thanks --card 77000001
Not sent now: address: none is known
Not sent now: consent: not given for offers
Subject: Thank you, Mira

+--------------------------------------+
10 % off beans

    C7K2M9X4QF

Valid until 21 December 2026
+--------------------------------------+

Good for
- House beans 1 kg  12.00 EUR
  https://corner.example/beans

0 points
Card: 77000001

-- 
Corner Shop
1 Test Street, Testing

You receive this e-mail because you agreed to news from Corner Shop.
Unsubscribe: https://unsubscribe.invalid/

$ regulars template preview thanks --card 77000001 --out SHOP/mira.html
Not sent now: address: none is known
Not sent now: consent: not given for offers
Written to SHOP/mira.html: template thanks in en, 5209 bytes.

# Each arm of a campaign says it in its own way.
$ regulars template preview note --campaign word --arm loud
Subject: A word, Ana!

Hello

-- 
Corner Shop
1 Test Street, Testing

You receive this e-mail because you agreed to news from Corner Shop.
Unsubscribe: https://unsubscribe.invalid/

$ regulars template preview note --arm shy
regulars: no campaign has an arm "shy" that sends template "note"
(exit 1)

$ regulars template preview thanks --card 77000001 --sample
regulars: --sample and --card are two different shoppers; choose one
Try `regulars template preview --help`.
(exit 2)

$ regulars template preview thinks
regulars: the programme that holds now has no template "thinks" in "en" or "en"; `regulars template list` shows them
(exit 1)

$ regulars template preview note --campaign big
regulars: no campaign "big" sends template "note"
(exit 1)

$ regulars template send thanks --to mira
regulars: "mira" is not an e-mail address
(exit 1)

$ regulars template send thanks --to mira@corner.example
regulars: nothing here sends e-mails; let `regulars run` run, or name the deployment and MAIL_FROM
(exit 1)


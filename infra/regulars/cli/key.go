package cli

import (
	"cmp"
	"context"
	"flag"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/infra/regulars/admin"
	"github.com/regulars-dev/regulars/shared/loyalty"
)

func keyCommand() *command {
	return &command{name: "key", summary: "make, list, rotate and revoke the keys of tills", subs: []*command{keyCreate(), keyList(), keyRotate(), keyRevoke()}}
}

// keyCreate makes a key, and a shop where there is none: tills are often set up before anything else.
func keyCreate() *command {
	var asked admin.NewKey
	var may string
	return &command{
		name: "create", args: "--store ID [--name TEXT] [--may RIGHTS]", summary: "make a key for a till or a person and show it, this once",
		detail:   "A till sends the key with each request (Authorization: Bearer rk_...). Only its hash is kept, so it cannot be shown again: a key\nthat is lost is revoked and another one made. A person who steers campaigns or answers shoppers over HTTP has a key of their own, for all\nstores and with --may: its name stands in the record of what is done with it.",
		examples: []string{`regulars key create --store 0042 --name "till 3"`, `regulars key create --store '*' --name "web shop"`, `regulars key create --store '*' --name Mira --may campaigns`},
		flags: func(f *flag.FlagSet) {
			f.StringVar(&asked.Store, "store", "", "`ID` of the store that the till stands in; * for all stores")
			f.StringVar(&asked.Name, "name", "", "`TEXT` to know it by")
			f.StringVar(&may, "may", "", "`RIGHTS` with commas between: till, campaigns, persons; till if missing")
		},
		run: func(ctx context.Context, c *call) error {
			if asked.Store == "" {
				return usage("--store is missing: which store may the key act for?")
			}
			if err := c.words(0, 0, ""); err != nil {
				return err
			}
			for right := range strings.SplitSeq(may, ",") {
				if right = strings.TrimSpace(right); right != "" {
					asked.May = append(asked.May, loyalty.Right(right))
				}
			}
			client, leave, err := c.shop(ctx, true)
			if err != nil {
				return err
			}
			defer leave()
			var made admin.Key
			if err := client.Do(ctx, http.MethodPost, "/keys", asked, &made); err != nil {
				return err
			}
			if c.json {
				return c.writeJSON(made)
			}
			c.say("%s\n", made.Key)
			c.say("This is key %s for store %s%s. It is shown this once; keep it in the settings of whatever sends it.", made.ID, made.Store, rightsSaid(made.May))
			return nil
		},
	}
}

func keyList() *command {
	return &command{name: "list", summary: "list the keys, never the secrets", run: func(ctx context.Context, c *call) error {
		if err := c.words(0, 0, ""); err != nil {
			return err
		}
		client, leave, err := c.shop(ctx, false)
		if err != nil {
			return err
		}
		defer leave()
		var keys []admin.Key
		if err := client.Do(ctx, http.MethodGet, "/keys", nil, &keys); err != nil {
			return err
		}
		if c.json {
			return c.writeJSON(keys)
		}
		if len(keys) == 0 {
			c.say("There are no keys yet; `regulars key create --store ID` makes one.")
			return nil
		}
		rows := [][]string{{"KEY", "STORE", "MAY", "CREATED", "REVOKED", "NAME"}}
		for _, k := range keys {
			revoked := "-" // a time ahead: it is being rotated
			if k.RevokedAt != nil {
				revoked = k.RevokedAt.Format(dateTime)
			}
			rows = append(rows, []string{k.ID, k.Store, rightsOf(k.May), k.CreatedAt.Format(dateTime), revoked, k.Name})
		}
		c.table(rows)
		return nil
	}}
}

// rightsOf names what a key opens.
func rightsOf(may []loyalty.Right) string {
	names := make([]string, len(may))
	for i, right := range may {
		names[i] = string(right)
	}
	return cmp.Or(strings.Join(names, ","), string(loyalty.RightTill))
}

// rightsSaid is rightsOf where it is more than what a till does.
func rightsSaid(may []loyalty.Right) string {
	if len(may) == 0 {
		return ""
	}
	return " and opens " + rightsOf(may)
}

// dateTime is how moments are shown in lists.
const dateTime = "2006-01-02 15:04"

// keyRevoke ends a key. It may be repeated.
func keyRevoke() *command {
	return &command{
		name: "revoke", args: "KEY", summary: "end a key: within half a minute nothing is answered to it any more",
		detail:   "KEY is what `regulars key list` shows, or the first characters of it. Functions that have read the key lately may heed it for some\nseconds more.",
		examples: []string{"regulars key revoke 5d41402abc"},
		run: func(ctx context.Context, c *call) error {
			if err := c.words(1, 1, "the key to revoke"); err != nil {
				return err
			}
			client, leave, err := c.shop(ctx, false)
			if err != nil {
				return err
			}
			defer leave()
			var k admin.Key
			if err := client.Do(ctx, http.MethodPost, "/keys/"+url.PathEscape(c.args[0])+"/revoke", nil, &k); err != nil {
				return err
			}
			if c.json {
				return c.writeJSON(k)
			}
			c.say("Key %s of store %s is revoked since %s.", k.ID, k.Store, k.RevokedAt.Format(dateTime))
			return nil
		},
	}
}

// keyRotate puts a new key in the place of one.
func keyRotate() *command {
	var over time.Duration
	return &command{
		name: "rotate", args: "KEY [--keep DURATION]", summary: "make a new key in the place of one, which stays good for a while",
		detail:   "The new key is of the same store, name and rights, and shown this once. The old one stays good for the DURATION, so that no till stands still while\nits settings change; `key revoke` ends it sooner, --keep 0s at once.",
		examples: []string{"regulars key rotate 5d41402abc", "regulars key rotate 5d41402abc --keep 30m"},
		flags: func(f *flag.FlagSet) {
			f.DurationVar(&over, "keep", 24*time.Hour, "`DURATION` for which the old key stays good: 30m, 24h")
		},
		run: func(ctx context.Context, c *call) error {
			if err := c.words(1, 1, "the key to rotate"); err != nil {
				return err
			}
			if over < 0 || over%time.Minute != 0 {
				return usage("--keep is a time in whole minutes: 0s, 30m, 24h")
			}
			client, leave, err := c.shop(ctx, false)
			if err != nil {
				return err
			}
			defer leave()
			var made admin.Rotated
			if err := client.Do(ctx, http.MethodPost, "/keys/"+url.PathEscape(c.args[0])+"/rotate", admin.RotateKey{Minutes: int64(over / time.Minute)}, &made); err != nil {
				return err
			}
			if c.json {
				return c.writeJSON(made)
			}
			c.say("%s\n", made.Key.Key)
			c.say("This is key %s for store %s, in the place of %s, which is good until %s.", made.Key.ID, made.Key.Store, made.Old.ID, made.Old.RevokedAt.Format(dateTime))
			return nil
		},
	}
}

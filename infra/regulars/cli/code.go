package cli

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"

	"github.com/regulars-dev/regulars/infra/regulars/admin"
)

func codeCommand() *command {
	return &command{name: "code", summary: "make, show and void codes of coupons", subs: []*command{codeMake(), codeList(), codeShow(), codeVoid()}}
}

// codeHeader is the first line of a file of codes.
const codeHeader = "code,batch,number"

// codeMake makes a batch and writes its codes. With a file that an earlier run left unfinished it goes on where that stopped.
func codeMake() *command {
	var asked admin.NewBatch
	var out, again string
	return &command{
		name: "make", args: "OFFER --count N --out FILE", summary: "make a batch of unique codes, as a CSV file",
		detail: "The offer takes codes: codes: true stands on it in the programme. Each code can be used once, unless --uses or the offer says\n" +
			"otherwise. Codes are derived and stored nowhere: if FILE is there already, unfinished, the same command goes on with it, and\n" +
			"--batch N writes the codes of an earlier batch again. Whoever has the file has the codes; it is readable by you alone.",
		examples: []string{`regulars code make spring5 --count 100000 --until 2027-05-31 --name "door to door" --out codes.csv`, "regulars code make --batch 3 --out again.csv"},
		flags: func(f *flag.FlagSet) {
			f.Int64Var(&asked.Count, "count", 0, "`N` codes")
			f.StringVar(&out, "out", "", "`FILE` to write")
			f.StringVar(&asked.Name, "name", "", "`TEXT` to know the batch by")
			f.StringVar(&asked.From, "from", "", "first `DAY`, 2027-05-01")
			f.StringVar(&asked.Until, "until", "", "last `DAY`")
			f.Int64Var(&asked.Uses, "uses", 0, "`N` uses of each code")
			f.StringVar(&again, "batch", "", "`N` of a batch whose codes are written again")
		},
		run: func(ctx context.Context, c *call) error {
			if out == "" {
				return usage("--out is missing: which file shall the codes go into?")
			}
			if again == "" {
				if err := c.words(1, 1, "the offer that the codes are for"); err != nil {
					return err
				}
				asked.Offer = c.args[0]
			}
			return c.makeCodes(ctx, asked, again, out)
		},
	}
}

func (c *call) makeCodes(ctx context.Context, asked admin.NewBatch, again, out string) error {
	batch, done, err := begunCodes(out)
	if err != nil {
		return err
	}
	client, leave, err := c.shop(ctx, false)
	if err != nil {
		return err
	}
	defer leave()
	var made admin.CodeBatch
	if batch == "" {
		batch = again
	} else if again != "" && again != batch {
		return fmt.Errorf("%s holds codes of batch %s, not of %s; name another file", out, batch, again)
	}
	if batch != "" {
		if made, err = batchOf(ctx, client, batch); err != nil {
			return err
		}
		if asked.Offer != "" && (asked.Offer != made.Offer || asked.Count != made.Count) {
			return fmt.Errorf("%s holds codes of batch %s, which has %d codes for offer %s; name another file", out, batch, made.Count, made.Offer)
		}
	} else if err := client.Do(ctx, http.MethodPost, "/batches", asked, &made); err != nil {
		return err
	}
	if err := c.writeCodes(ctx, client, made, done, out); err != nil {
		return err
	}
	if c.json {
		return c.writeJSON(made)
	}
	c.say("Batch %d: %s for offer %s in %s.", made.Batch, several(made.Count, "code"), made.Offer, out)
	return nil
}

// begunCodes reads how far an earlier run came: its batch, and how many whole lines stand there. A line that was cut off is cut away.
func begunCodes(path string) (batch string, done int64, err error) {
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return "", 0, nil
	}
	if err != nil {
		return "", 0, fmt.Errorf("open %s: %w", path, err)
	}
	defer file.Close()
	in, whole := bufio.NewReader(file), int64(0)
	for first := true; ; first = false {
		line, err := in.ReadString('\n')
		if err != nil {
			break
		}
		field := strings.Split(strings.TrimSpace(line), ",")
		if len(field) != 3 || first && strings.TrimSpace(line) != codeHeader {
			return "", 0, fmt.Errorf("%s is there already and holds something else than codes; name another file", path)
		}
		whole += int64(len(line))
		if !first {
			batch, done = field[1], done+1
		}
	}
	if whole == 0 {
		return "", 0, fmt.Errorf("%s is there already and holds something else than codes; name another file", path)
	}
	return batch, done, file.Truncate(whole)
}

func batchOf(ctx context.Context, client *admin.Client, number string) (admin.CodeBatch, error) {
	var list []admin.CodeBatch
	if err := client.Do(ctx, http.MethodGet, "/batches", nil, &list); err != nil {
		return admin.CodeBatch{}, err
	}
	for _, b := range list {
		if strconv.FormatUint(uint64(b.Batch), 10) == number {
			return b, nil
		}
	}
	return admin.CodeBatch{}, fmt.Errorf("there is no batch %s; `regulars code list` shows them", number)
}

// writeCodes appends the codes that are missing. What breaks off is gone on with by the same command.
func (c *call) writeCodes(ctx context.Context, client *admin.Client, b admin.CodeBatch, done int64, path string) (err error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	out := bufio.NewWriter(file)
	defer func() {
		err = errors.Join(err, out.Flush(), file.Close())
	}()
	if info, err := file.Stat(); err == nil && info.Size() == 0 {
		fmt.Fprintln(out, codeHeader)
	}
	body, err := client.Stream(ctx, http.MethodGet, fmt.Sprintf("/batches/%d/codes?from=%d", b.Batch, done), nil)
	if err != nil {
		return err
	}
	defer body.Close()
	progress := c.newBar()
	defer progress.end()
	in := bufio.NewReader(body)
	for {
		line, err := in.ReadString('\n')
		if errors.Is(err, io.EOF) && done == b.Count {
			return nil
		}
		if err != nil {
			return fmt.Errorf("the codes broke off after %d of %d; the same command goes on", done, b.Count)
		}
		if _, err := out.WriteString(line); err != nil {
			return fmt.Errorf("write %s: %w", path, err)
		}
		done++
		progress.show("codes", done, b.Count)
	}
}

func codeList() *command {
	return &command{name: "list", summary: "list the batches of codes", run: func(ctx context.Context, c *call) error {
		if err := c.words(0, 0, ""); err != nil {
			return err
		}
		client, leave, err := c.shop(ctx, false)
		if err != nil {
			return err
		}
		defer leave()
		var list []admin.CodeBatch
		if err := client.Do(ctx, http.MethodGet, "/batches", nil, &list); err != nil {
			return err
		}
		if c.json {
			return c.writeJSON(list)
		}
		if len(list) == 0 {
			c.say("There are no batches yet; `regulars code make OFFER --count N --out FILE` makes one.")
			return nil
		}
		rows := [][]string{{"BATCH", "OFFER", "CODES", "FROM", "UNTIL", "VOIDED", "NAME"}}
		for _, b := range list {
			voided := "-"
			if b.VoidedAt != nil {
				voided = b.VoidedAt.Format(dateTime)
			}
			rows = append(rows, []string{fmt.Sprint(b.Batch), b.Offer, fmt.Sprint(b.Count), orDash(b.From), orDash(b.Until), voided, b.Name})
		}
		c.table(rows)
		return nil
	}}
}

func codeShow() *command {
	return &command{
		name: "show", args: "CODE", summary: "show what a code is for, and how far it is used up", examples: []string{"regulars code show WELCOME10", "regulars code show ab7k-9qxm-2pw"},
		run: func(ctx context.Context, c *call) error {
			if err := c.words(1, 1, "the code to show"); err != nil {
				return err
			}
			return c.code(ctx, http.MethodGet, "/codes/"+url.PathEscape(c.args[0]))
		},
	}
}

// code asks for a code and says what it is.
func (c *call) code(ctx context.Context, method, path string) error {
	client, leave, err := c.shop(ctx, false)
	if err != nil {
		return err
	}
	defer leave()
	var code admin.ShownCode
	if err := client.Do(ctx, method, path, nil, &code); err != nil {
		return err
	}
	if c.json {
		return c.writeJSON(code)
	}
	c.say("Code %s: offer %s", code.Code, code.Offer)
	if b := code.Batch; b != nil {
		c.say("  batch   %d, from %s, until %s", b.Batch, orDash(b.From), orDash(b.Until))
	}
	if code.Void {
		c.say("  void    nobody gets anything for it any more")
	}
	for _, l := range code.Limits {
		text := several(l.Uses, "use")
		if l.MaxUses > 0 {
			text = fmt.Sprintf("%d of %s", l.Uses, several(l.MaxUses, "use"))
		}
		if l.MaxMoney > 0 {
			text += fmt.Sprintf(", %d of %d minor units", l.Money, l.MaxMoney)
		}
		if l.OverUses > 0 {
			text += fmt.Sprintf(", and %d beyond it", l.OverUses)
		}
		if l.Held > 0 {
			text += fmt.Sprintf(", %d held", l.Held)
		}
		c.say("  used    %s: %s", l.Of, text)
	}
	return nil
}

func codeVoid() *command {
	var batch string
	return &command{
		name: "void", args: "CODE | --batch N", summary: "take back a code, or a whole batch: within half a minute nobody gets anything for it",
		detail:   "What was redeemed stays redeemed. A code that everybody may use is taken out of the programme instead.",
		examples: []string{"regulars code void ab7k-9qxm-2pw", "regulars code void --batch 3"},
		flags:    func(f *flag.FlagSet) { f.StringVar(&batch, "batch", "", "`N` of the batch") },
		run: func(ctx context.Context, c *call) error {
			if batch == "" {
				if err := c.words(1, 1, "the code to void, or --batch"); err != nil {
					return err
				}
				return c.code(ctx, http.MethodPost, "/codes/"+url.PathEscape(c.args[0])+"/void")
			}
			if err := c.words(0, 0, ""); err != nil {
				return err
			}
			client, leave, err := c.shop(ctx, false)
			if err != nil {
				return err
			}
			defer leave()
			var b admin.CodeBatch
			if err := client.Do(ctx, http.MethodPost, "/batches/"+url.PathEscape(batch)+"/void", nil, &b); err != nil {
				return err
			}
			if c.json {
				return c.writeJSON(b)
			}
			c.say("Batch %d is void since %s.", b.Batch, b.VoidedAt.Format(dateTime))
			return nil
		},
	}
}

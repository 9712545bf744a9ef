package message

// Data is what one message is filled in with. Titles come as text, ready to show, and amounts as "1234.50 EUR", which the template's
// language writes in its own way.
type Data struct {
	Shop           Shop
	Shopper        Shopper
	Card           Card
	Granted        int64 // points that the message tells of; 0 for none
	Coupon         Coupon
	Cart           Cart
	Products       []Product // what the message is about; a products block without items of its own shows them
	UnsubscribeURL string    // wanted by marketing

	// Tags is what every link to a page says of where the reader came from, as a query: "utm_source=regulars&utm_medium=email"; "" for nothing.
	Tags string

	// Counted is the address that leads to a link's target and counts; nil leaves links as they are. The text part keeps them in any case:
	// whoever reads it sees where a link goes.
	Counted func(target string) string

	// ConfirmURL is where a shopper confirms what they have allowed; the mail that asks for it alone has one.
	ConfirmURL string

	// Pixel is the address of a picture of one point that tells when the HTML is shown; "" for none.
	Pixel string

	words *phrase // of the template's language, set while rendering
}

// number is a count as it is shown.
func (d *Data) number(n int64) string {
	if d.words == nil {
		return digits(n)
	}
	return d.words.number(n)
}

// Shop is the sender as the shopper sees it.
type Shop struct {
	Name    string
	Address string // postal; marketing is not rendered without it
	URL     string
	Logo    string // address of a picture; empty shows the name
	Colour  string // of buttons and figures, "#1d5c4d"; empty takes that one
}

// Shopper is the person: Given may be empty, and often is.
type Shopper struct {
	Given    string
	Language string
}

// Card is what the shopper's card says now.
type Card struct {
	Number string
	Points int64
	Tier   string
}

// Coupon is the right that the message brings.
type Coupon struct {
	ID        string
	Code      string // what the till scans; empty means ID
	Title     string // "15 % off all coffee"
	Detail    string
	ExpiresOn string // last day of validity, YYYY-MM-DD; shown as the language writes dates

	width int // of the barcode as shown, set while rendering
}

func (c Coupon) code() string {
	if c.Code != "" {
		return c.Code
	}
	return c.ID
}

// Cart is an online basket as it stood when the message was rendered.
type Cart struct {
	URL   string
	Lines []CartLine
	Total string
}

// CartLine is one line of a cart.
type CartLine struct {
	Title    string // the SKU where no title is known
	Quantity int64
	Amount   string
}

// Sample is believable data for previews and for Check, in no shopper's name.
func Sample(language string) Data {
	return Data{
		Shop: Shop{Name: "Harbour Coffee", Address: "12 Quay Street, Bristol BS1 4DJ, United Kingdom", URL: "https://shop.example"},
		Shopper: Shopper{
			Given:    "Ana",
			Language: language,
		},
		Card:    Card{Number: sampleEAN, Points: 1240, Tier: "Gold"},
		Granted: 100,
		Coupon:  Coupon{ID: "C7K2M9X4QF", Title: "15 % off all coffee", Detail: "One bag or ten.", ExpiresOn: "2027-06-30"},
		Cart: Cart{
			URL: "https://shop.example/cart/81",
			Lines: []CartLine{
				{Title: "House beans 1 kg", Quantity: 2, Amount: "24.00 EUR"},
				{Title: "Stoneware mug", Quantity: 1, Amount: "8.50 EUR"},
			},
			Total: "32.50 EUR",
		},
		Products: []Product{
			{Title: "House beans 1 kg", Price: "12.00 EUR", URL: "https://shop.example/beans"},
			{Title: "Stoneware mug", Price: "8.50 EUR", URL: "https://shop.example/mug"},
		},
		UnsubscribeURL: "https://cards.shop.example/unsubscribe/sample",
		ConfirmURL:     "https://cards.shop.example/confirm/sample",
	}
}

// sampleEAN is the sample's coupon where a template prints it as an EAN-13.
const sampleEAN = "2600000070010"

// bareSample is Sample for a shopper who gave nothing but an address.
func bareSample(language string) Data {
	d := Sample(language)
	d.Shopper.Given, d.Card.Tier, d.Card.Points, d.Granted, d.Coupon.Detail, d.Products = "", "", 0, 0, "", nil
	return d
}

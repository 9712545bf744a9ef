package message_test

import (
	"fmt"
	"strings"

	"github.com/regulars-dev/regulars/shared/message"
)

// A template is checked and compiled once, and rendered for each shopper; HTML and text part come from the same blocks.
func ExampleRender() {
	compiled, err := message.Compile(message.Template{
		ID: "thanks", Language: "en", Topic: "offers", Subject: "Thank you{{if .Shopper.Given}}, {{.Shopper.Given}}{{end}}",
		Blocks: []message.Block{
			{Type: message.BlockText, Text: "You have {{.Card.Points}} points."},
			{Type: message.BlockButton, Text: "See what they buy", URL: "{{.Shop.URL}}/rewards"},
			{Type: message.BlockFooter},
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	mail, err := message.Render(compiled, message.Sample("en"))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(mail.Subject)
	body, _, _ := strings.Cut(mail.Text, "-- \n") // the footer follows
	fmt.Println(body)
	// Output:
	// Thank you, Ana
	// You have 1,240 points.
	//
	// See what they buy:
	// https://shop.example/rewards
}

// Check tells a marketer everything that is to be mended, and where.
func ExampleCheck() {
	for _, p := range message.Check(message.Template{
		ID: "spring", Language: "en", Topic: "offers", Subject: "Spring, {{.Shopper.Given",
		Blocks: []message.Block{{Type: message.BlockImage, Image: "https://shop.example/spring.png"}},
	}) {
		fmt.Println(p)
	}
	// Output:
	// subject: the part in {{ }} cannot be read: 1: unclosed action
	// blocks[0].alt: is missing: say in words what the picture shows, for those who cannot see it
	// blocks: a footer is missing: marketing must show the shop's postal address and an unsubscribe link
}

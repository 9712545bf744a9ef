package message

import "fmt"

const purposePlace purpose = "place"

// maxPlace is the longest token of a place, in characters.
const maxPlace = 4_096

// PlaceToken hides where a look through the shop has come to, which names other people's items, from whoever is to ask for the rest.
func PlaceToken(secret, text string) (string, error) {
	token, err := seal(secret, purposePlace, text)
	if err == nil && len(token) > maxPlace {
		return "", fmt.Errorf("%w: the token of a place would have %d characters; at most %d are read", ErrInvalid, len(token), maxPlace)
	}
	return token, err
}

// ParsePlace reads a token of PlaceToken made with any of the secrets. ErrInvalid for every other text.
func ParsePlace(secrets []string, token string) (string, error) {
	return unseal(secrets, purposePlace, token, maxPlace)
}

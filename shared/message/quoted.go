package message

// quotable tells which bytes stand as themselves in quoted-printable; space and tab do, but not at the end of a line.
var quotable = func() (plain [256]bool) {
	for b := ' '; b <= '~'; b++ {
		plain[b] = b != '='
	}
	plain['\t'] = true
	return plain
}()

const hexadecimal = "0123456789ABCDEF"

// appendQuoted adds the text as quoted-printable (RFC 2045 section 6.7): lines of at most softLine bytes, every line break as CR LF.
// A mail is mostly this, and copying runs of plain bytes takes a fifth of the time that looking at each one does.
func appendQuoted(dst []byte, text string) []byte {
	const room = softLine - 1 // a soft break's "=" needs the last place
	column := 0
	escape := func(b byte) {
		if column > room-3 {
			dst, column = append(dst, "=\r\n"...), 0
		}
		dst, column = append(dst, '=', hexadecimal[b>>4], hexadecimal[b&15]), column+3
	}
	endLine := func() {
		if last := len(dst) - 1; column > 0 && (dst[last] == ' ' || dst[last] == '\t') {
			b := dst[last]
			dst, column = dst[:last], column-1
			escape(b)
		}
	}
	for i := 0; i < len(text); {
		run := i
		for run < len(text) && quotable[text[run]] {
			run++
		}
		for i < run {
			if column == room {
				dst, column = append(dst, "=\r\n"...), 0
			}
			n := min(run-i, room-column)
			dst, column, i = append(dst, text[i:i+n]...), column+n, i+n
		}
		if i == len(text) {
			break
		}
		b := text[i]
		i++
		if b != '\r' && b != '\n' {
			escape(b)
			continue
		}
		if b == '\r' && i < len(text) && text[i] == '\n' {
			i++
		}
		endLine()
		dst, column = append(dst, "\r\n"...), 0
	}
	endLine()
	return dst
}

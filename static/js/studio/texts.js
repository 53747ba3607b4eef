// Texts as the server takes them: line ends are \n, space at the ends is dropped, characters are code points.
export const plain = (text) => text.replace(/\r\n?/g, "\n").trim();
export const length = (text) => [...plain(text)].length;

# Where the decoder looks: a row for each English word, a column for each Spanish one.
set palette defined (0 "#ffffff", 1 "#2f6fa8")
set cbrange [0:1]
unset colorbox
unset grid
set border 0
set xtics rotate by 45 right scale 0
set ytics scale 0
set yrange [*:*] reverse
plot "aligned.tsv" matrix rowheaders columnheaders with image pixels notitle

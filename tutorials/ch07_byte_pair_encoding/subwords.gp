# Tokens a word, against the number of merges.
set xlabel "merges"
set ylabel "tokens per word"
set yrange [0:*]
set xrange [0:500]
set key reverse Left
plot "subwords.tsv" using 1:2 every ::1 with linespoints title "subwords", \
     1 with lines dashtype 2 title "words"

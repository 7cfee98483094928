# The share of new text that is unknown, against the size of the vocabulary.
set xlabel "size of the vocabulary"
set ylabel "unknown, %"
set logscale x
set xrange [9:900]
set yrange [0:100]
set xtics (10, 20, 50, 100, 200, 400, "all" 800)
set key reverse Left
plot "unknown.tsv" using 1:2 every ::1 with linespoints title "whitespace", \
     "unknown.tsv" using 1:3 every ::1 with linespoints title "words", \
     "unknown.tsv" using 1:4 every ::1 with linespoints title "words, lower case", \
     "unknown.tsv" using 1:5 every ::1 with linespoints title "characters"

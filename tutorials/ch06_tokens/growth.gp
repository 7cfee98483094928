# Different words, and different characters, against the words read.
set xlabel "words and marks read"
set ylabel "different ones"
set yrange [0:*]
set xrange [0:*]
set key reverse Left
plot "growth.tsv" using 1:2 every ::1 with linespoints title "words, lower case", \
     "growth.tsv" using 1:3 every ::1 with linespoints title "characters"

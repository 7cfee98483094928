# What the small model writes, against the temperature: known words, and different pairs of words.
set xlabel "temperature"
set ylabel "percent"
set xrange [0:2]
set yrange [0:100]
set key center right reverse Left
plot "writing.tsv" using 1:2 every ::1 with linespoints title "words that the text has", \
     "writing.tsv" using 1:3 every ::1 with linespoints title "different pairs of words"

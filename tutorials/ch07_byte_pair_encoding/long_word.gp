# Nanoseconds for each byte of one long word, against its length.
set xlabel "bytes of the word"
set ylabel "nanoseconds a byte"
set logscale xy
set xrange [200:300000]
set xtics (250, "1,000" 1000, "4,000" 4000, "16,000" 16000, "64,000" 64000, "256,000" 256000)
if (narrow) set xtics (250, "1,000" 1000, "16,000" 16000, "256,000" 256000)
set datafile missing "NaN"
set key reverse Left
plot "long_word.tsv" using 1:2 every ::1 with linespoints title "the plain loop", \
     "long_word.tsv" using 1:3 every ::1 with linespoints title "a queue", \
     "long_word.tsv" using 1:4 every ::1 with linespoints title "left to right, and back"

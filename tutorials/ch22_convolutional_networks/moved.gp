# Digits that are not in the middle.
set xlabel "moved by, pixels"
set ylabel "right, %"
set yrange [0:100]
set xrange [0:6]
plot "moved_digits.tsv" using 1:4 every ::1 with linespoints title "convolutional, mean at the end", \
     "moved_digits.tsv" using 1:3 every ::1 with linespoints title "convolutional", \
     "moved_digits.tsv" using 1:2 every ::1 with linespoints title "full"

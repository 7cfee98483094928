# The six probabilities of sampling.cpp against the temperature.
set xlabel "temperature"
set ylabel "probability"
set xrange [0:3]
set yrange [0:1]
set key center right reverse Left
plot "sampling.tsv" using 1:2 every ::1 with lines title "dog", \
     "sampling.tsv" using 1:3 every ::1 with lines title "cat", \
     "sampling.tsv" using 1:4 every ::1 with lines title "car", \
     "sampling.tsv" using 1:5 every ::1 with lines title "light", \
     "sampling.tsv" using 1:6 every ::1 with lines title "works", \
     "sampling.tsv" using 1:7 every ::1 with lines title "zorbit"

# Calls of a tagger's two loops against the number of sentences, by policy.
set xlabel "sentences in the batch, 5 to 40 words each"
set ylabel "calls"
set logscale x 2
set xrange [1:64]
set yrange [0:*]
plot "agenda.tsv" using 1:2 every ::1 with linespoints title "one depth at a time", \
     "agenda.tsv" using 1:4 every ::1 with linespoints title "first come", \
     "agenda.tsv" using 1:6 every ::1 with linespoints title "largest", \
     "agenda.tsv" using 1:7 every ::1 with linespoints title "new last", \
     "agenda.tsv" using 1:8 every ::1 with lines linetype 6 linewidth 1 dashtype 2 title "not fewer than"

# What the scorer says after each word of two sentences.
set yrange [0:1]
set xrange [-0.3:6.3]
set ytics 0.5
set ylabel "probability of praise"
if (narrow) { set xtics rotate by 45 right }
plot "not_bad.tsv" every ::1 using 1:4:xtic(strcol(2) eq strcol(5) ? strcol(2) : strcol(2)."/".strcol(5)) with linespoints linetype 1 title "the food was not bad at all", \
     "not_bad.tsv" every ::1 using 1:7 with linespoints linetype 2 title "the food was not good at all"

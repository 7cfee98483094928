# The loss against the training steps, with a state and without.
set xlabel "training steps"
set ylabel "loss"
set yrange [0:1.6]
plot "spell.tsv" using 1:2 every ::1 with lines title "with a state", \
     "" using 1:3 every ::1 with lines title "without", \
     log(2.0**(-2.0/3) * 3) / 2 with lines linetype 6 linewidth 1 dashtype 2 title "½ (ln 3 − ⅔ ln 2)"

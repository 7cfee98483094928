# The loss while the model of Shakespeare's characters is trained.
set xlabel "passes over the text"
set ylabel "nats per character"
set yrange [1:3.2]
set key center right reverse Left
plot "shakespeare.tsv" using 1:2 every ::1 with lines title "training, with dropout", \
     "shakespeare.tsv" using 1:3 every ::1 with lines title "kept for choosing, all units in use"

set xlabel "step"
set ylabel "loss, nats a word"
set yrange [2.2:5]
plot "flickr8k_curve.tsv" using 1:2 every ::1 with lines title "training, with dropout", \
     "flickr8k_curve.tsv" using 1:3 every ::1 with linespoints title "dev, averaged weights"

# The loss while the captioner learns: gnuplot -c loss.gp loss.tsv loss.svg
# loss.tsv: step, train_loss, validation_loss, separated by tabs, under a line of these names;
# validation_loss may be empty or nan at steps where it was not measured, as while the CNN learns.
input = ARG1
output_file = ARG2

set terminal svg size 960,600 dynamic font "DejaVu Sans,Arial,sans-serif,13" background "#ffffff"
set output output_file
set datafile separator tab
set datafile missing "nan"

ink = "#333333"
pale = "#dddddd"
set border 3 linecolor rgb ink linewidth 1.2
set tics nomirror out textcolor rgb ink
set grid xtics ytics linetype 1 linecolor rgb pale linewidth 1
set key top right reverse Left textcolor rgb ink spacing 1.3
set title "How the captioner learns" font ",17" textcolor rgb ink
set xlabel "training step" textcolor rgb ink
set ylabel "loss" textcolor rgb ink
set format x "%.0f"
set lmargin 11
set rmargin 5

# A loss falls fast and then slowly: the logarithm shows both. Its ticks are 1, 2, 5 in each decade.
set logscale y
set ytics add ("0.001" 0.001, "0.002" 0.002, "0.005" 0.005, "0.01" 0.01, "0.02" 0.02, \
               "0.05" 0.05, "0.1" 0.1, "0.2" 0.2, "0.5" 0.5, "1" 1, "2" 2, "5" 5, "10" 10)

plot input every ::1 using 1:2 with lines linewidth 1.5 linecolor rgb "#6fa3d3" \
       title "training: first the words found, then the sentence", \
     input every ::1 using 1:($3 > 0 ? $3 : NaN) with linespoints linewidth 2.5 \
       pointtype 7 pointsize 0.8 linecolor rgb "#c8501e" title "validation: nats per word"

# True translations of new sentences, of combinations that training has shown and of new ones.
set xlabel "true, %"
set xrange [0:102]
set yrange [3.5:0.5]
set ytics ("Cho" 1, "Sutskever" 2, "reversed" 3)
plot "scenes.tsv" using 3:($1-0.12):4:5 every ::1 with xerrorbars pointsize 0.8 title "known combinations, not read", \
     "scenes.tsv" using 6:($1+0.12):7:8 every ::1 with xerrorbars pointsize 0.8 title "new combinations"

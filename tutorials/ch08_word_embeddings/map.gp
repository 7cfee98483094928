# Two maps: words of five kinds, and capitals with their countries.
set multiplot layout 1,2 margins 0.04,0.96,0.08,0.88 spacing 0.08
unset grid; unset tics; unset key
set offsets graph 0.12, graph 0.12, graph 0.12, graph 0.12
set title "five kinds"
set label 1 "animals" at 0.57,0.08 center textcolor linetype 1
set label 2 "foods" at 0.23,-0.64 center textcolor linetype 2
set label 3 "countries" at -0.3,0.5 right textcolor linetype 3
set label 4 "capitals" at 0.1,0.4 left textcolor linetype 4
set label 5 "languages" at -0.82,-0.15 left textcolor linetype 5
plot for [k=0:4] "kinds.tsv" every ::1 using ($1 == k ? $2 : NaN):3 with points linetype (k + 1) pointsize 0.8
unset label
set offsets graph 0.2, graph 0.2, graph 0.12, graph 0.15
set title "capitals and countries"
plot "places.tsv" every ::1 using 2:3:($5-$2):($6-$3) with vectors nohead linetype 3 linewidth 1, \
     "places.tsv" every ::1 using 2:3:1 with labels point linetype 1 offset 0,0.7, \
     "places.tsv" every ::1 using 5:6:4 with labels point linetype 2 offset 0,0.7

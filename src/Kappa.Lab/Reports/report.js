"use strict";
(() => {
  // Okabe and Ito's colours: told apart by readers with any kind of colour vision.
  const colors = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8c6d31", "#7f7f7f", "#6a51a3", "#b2182b"];
  const symbols = ["circle", "square", "diamond", "triangle-up", "cross", "x", "star", "triangle-down", "pentagon", "hexagon"];
  const faded = (color, alpha) => color + Math.round(alpha * 255).toString(16).padStart(2, "0");
  const style = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  // Plotly takes some marks in a text as HTML, links among them, and texts come from files.
  const plain = text => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  // What is not finite comes by name, and is a gap.
  const finite = values => values.map(value => typeof value === "number" ? value : null);
  const short = value => typeof value === "number" ? String(Number(value.toPrecision(4))) : value;

  // How many decades a logarithmic axis would span; 0 where a linear one shows more: values at or below zero, or all of one size.
  function decades(values) {
    const known = finite(values).filter(value => value !== null);
    const least = known.reduce((a, b) => Math.min(a, b), Infinity), most = known.reduce((a, b) => Math.max(a, b), -Infinity);
    const span = Math.log10(most / least);
    return least > 0 && span > 1 ? span : 0;
  }

  function axis(text, decades) {
    return {
      title: { text: plain(text), standoff: 6 }, type: decades ? "log" : "linear", automargin: true, gridcolor: style("--line"), linecolor: style("--line"),
      zeroline: false, exponentformat: "power", ...(decades >= 2 && decades <= 8 ? { dtick: 1 } : { nticks: 8 }),
    };
  }

  function layout(element, plot) {
    const logX = plot.logX ? decades(plot.lines.flatMap(line => line.x)) : 0;
    const logY = plot.logY ? decades(plot.lines.flatMap(line => [...line.y, ...(line.low || [])])) : 0;
    return {
      title: { text: plain(plot.title), font: { size: 14 }, x: 0, xref: "container", xanchor: "left", pad: { l: 8 } },
      xaxis: axis(plot.xAxis, logX), yaxis: axis(plot.yAxis, logY),
      shapes: plot.marks.map(mark => ({
        type: "line", x0: mark.x, x1: mark.x, y0: 0, y1: 1, yref: "paper", line: { color: style("--soft"), width: 1, dash: "dot" },
        label: { text: plain(mark.text), textposition: "end", textangle: 0, xanchor: "left", yanchor: "top", font: { size: 10 } },
      })),
      paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
      font: { family: getComputedStyle(document.body).fontFamily, size: 12, color: style("--text") },
      margin: { l: 45, r: 15, t: 40, b: 45 }, hovermode: "closest", hoverlabel: { namelength: -1 },
      legend: { orientation: "h", y: element.clientWidth < 520 ? -0.32 : -0.2, yanchor: "top", x: 0 },
    };
  }

  function traces(plot, names) {
    return plot.lines.filter(line => line.x.length > 0).flatMap(line => {
      if (!names.includes(line.name)) names.push(line.name);
      const index = names.indexOf(line.name), color = colors[index % colors.length];
      const common = { x: finite(line.x), legendgroup: "g" + index };
      const edge = { ...common, mode: "lines", line: { width: 0 }, hoverinfo: "skip", showlegend: false };
      const band = line.low && line.high
        ? [{ ...edge, y: finite(line.low) }, { ...edge, y: finite(line.high), fill: "tonexty", fillcolor: faded(color, 0.16) }]
        : [];
      const hover = line.hover && {
        hoverinfo: "text",
        hovertext: line.hover.map((text, i) =>
          [line.name, text, plot.xAxis + " " + short(line.x[i]), (plot.yAxis || plot.title) + " " + short(line.y[i])].map(plain).join("<br>")),
      };
      return [...band, {
        ...common, ...hover, y: finite(line.y), name: plain(line.name), showlegend: true,
        mode: line.pointsOnly ? "markers" : line.x.length < 25 ? "lines+markers" : "lines",
        line: { color, width: 2, dash: index < colors.length ? "solid" : "dash" },
        marker: { color, symbol: symbols[index % symbols.length], size: line.hover ? 8 : line.pointsOnly ? 4 : 6, opacity: line.hover ? 0.75 : 1 },
      }];
    });
  }

  const parts = JSON.parse(document.getElementById("plots").textContent);
  // A name has one colour in all plots of a study.
  const names = parts.map(() => []);
  const plots = [...document.querySelectorAll("[data-plot]")].map(element => {
    const { part, plot } = element.dataset;
    return { element, part, plot: parts[part][plot] };
  });
  for (const { element, part, plot } of plots)
    Plotly.newPlot(element, traces(plot, names[part]), layout(element, plot), { responsive: true, displayModeBar: false });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    for (const { element, plot } of plots) Plotly.relayout(element, layout(element, plot));
  });
})();

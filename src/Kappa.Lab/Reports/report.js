"use strict";
(() => {
  // Okabe and Ito's colours: told apart by readers with any kind of colour vision.
  const colors = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8c6d31", "#7f7f7f", "#6a51a3", "#b2182b"];
  const symbols = ["circle", "square", "diamond", "triangle-up", "cross", "x", "star", "triangle-down", "pentagon", "hexagon"];
  const colorOf = i => colors[i % colors.length];
  const faded = (color, alpha) => color + Math.round(alpha * 255).toString(16).padStart(2, "0");
  const style = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const plots = [];

  function layout(element, title, x, options = {}) {
    const axis = (text, decades) => ({
      title: { text, standoff: 6 }, type: decades ? "log" : "linear", automargin: true, gridcolor: style("--line"), linecolor: style("--line"),
      zeroline: false, exponentformat: "power", ...(decades >= 2 && decades <= 8 ? { dtick: 1 } : { nticks: 8 }),
    });
    const isNarrow = element.clientWidth < 520;
    return {
      title: { text: title, font: { size: 14 }, x: 0, xref: "container", xanchor: "left", pad: { l: 8 } },
      xaxis: axis(x, options.logX), yaxis: axis(options.y || "", options.logY),
      paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
      font: { family: getComputedStyle(document.body).fontFamily, size: 12, color: style("--text") },
      margin: { l: 45, r: 15, t: 40, b: 45 }, hovermode: "closest",
      legend: { orientation: "h", y: isNarrow ? -0.32 : -0.2, yanchor: "top", x: 0 },
    };
  }

  function bands(lines, labels, visible) {
    const result = [];
    for (const line of lines) {
      if (line.x.length === 0) continue;
      const color = colorOf(line.optimizer), group = "g" + line.optimizer;
      if (line.low && line.high) {
        const edge = { x: line.x, mode: "lines", line: { width: 0 }, hoverinfo: "skip", showlegend: false, legendgroup: group };
        result.push({ ...edge, y: line.low });
        result.push({ ...edge, y: line.high, fill: "tonexty", fillcolor: faded(color, 0.16) });
      }
      result.push({
        x: line.x, y: line.y, mode: line.pointsOnly ? "markers" : line.x.length < 25 ? "lines+markers" : "lines", name: labels[line.optimizer], legendgroup: group,
        line: { color, width: 2, dash: line.optimizer < colors.length ? "solid" : "dash" }, marker: { symbol: symbols[line.optimizer % symbols.length], size: line.pointsOnly ? 4 : 6 }, showlegend: visible,
      });
    }
    return result;
  }

  function add(box, traces, makeLayout) {
    const element = document.createElement("div");
    element.className = "plot";
    box.append(element);
    plots.push({ element, traces, makeLayout });
  }

  // How many decades a logarithmic axis would span; 0 where a linear one shows more: values at or below zero, or all of one size.
  function decades(values) {
    const known = values.filter(v => v !== null);
    const span = Math.log10(Math.max(...known) / Math.min(...known));
    return known.length > 0 && known.every(v => v > 0) && span > 1 ? span : 0;
  }
  const decadesOf = lines => decades(lines.flatMap(line => [...line.y, ...(line.low || [])]));

  for (const box of document.querySelectorAll("[data-plots]")) {
    const data = JSON.parse(document.getElementById("data-" + box.dataset.run).textContent);
    if (box.dataset.plots === "curves") {
      add(box, bands(data.validationLoss, data.labels, true), element => layout(element, "Validation loss", "step", { logY: decadesOf(data.validationLoss) }));
      add(box, bands(data.trainingLoss, data.labels, true), element => layout(element, "Training loss", "step", { logY: decadesOf(data.trainingLoss) }));
    } else if (box.dataset.plots === "scatter") {
      const traces = data.scatter.filter(points => points.x.length > 0).map(points => ({
        x: points.x, y: points.y, text: points.hover, mode: "markers", name: data.labels[points.optimizer],
        marker: { color: colorOf(points.optimizer), symbol: symbols[points.optimizer % symbols.length], size: 8, opacity: 0.75 },
        hovertemplate: "%{fullData.name}<br>%{text}<br>validation loss %{x:.4g}<br>" + "metric %{y:.4g}<extra></extra>",
      }));
      const logX = decades(traces.flatMap(trace => trace.x)), logY = data.metricLogScale ? decades(traces.flatMap(trace => trace.y)) : 0;
      add(box, traces, element => layout(element, data.metricName, "validation loss", { logX, logY }));
    } else if (box.dataset.plots === "training") {
      for (const plot of data.plots)
        add(box, bands(plot.lines, data.labels, true), element => layout(element, plot.name, "step", { logY: 0 }));
    } else if (box.dataset.plots === "findings") {
      for (const plot of data.sections[box.dataset.section]) {
        const logX = plot.logX ? decades(plot.lines.flatMap(line => line.x)) : 0, logY = plot.logY ? decadesOf(plot.lines) : 0;
        add(box, bands(plot.lines, data.labels, true), element => layout(element, plot.name, plot.xAxis, { y: plot.yAxis, logX, logY }));
      }
    } else {
      for (const plot of data.horizons) {
        add(box, bands(plot.lines, data.labels, true), element =>
          layout(element, plot.name, "horizon (" + data.horizonUnit + ")", { logY: plot.logScale ? decadesOf(plot.lines) : 0 }));
      }
    }
  }

  // Drawn only now, when each place has its final width.
  for (const plot of plots)
    Plotly.newPlot(plot.element, plot.traces, plot.makeLayout(plot.element), { responsive: true, displayModeBar: false });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    for (const plot of plots) Plotly.relayout(plot.element, plot.makeLayout(plot.element));
  });
})();

using Kappa.Diagnostics;
using Kappa.Lab.Studies.Train;

namespace Kappa.Lab.Reports;

/// <summary>Plots of what was measured of a model's conditioning during its training.</summary>
internal static class DiagnosticsPlots
{
    internal static void AddTo(List<TrainingPlots.Plot> plots, List<string> labels, IReadOnlyList<TrainingLine> lines)
    {
        DiagnosticsRecord[] records = [.. lines.Select(line => line.Diagnostics).OfType<DiagnosticsRecord>()];
        if (records.Length == 0)
            return;
        string[] weights = [.. records[0].Weights.Select(weight => weight.Parameter)];
        string[] units = [.. records[0].Units.Select(layer => layer.Layer)];
        void OfWeights(string name, Func<WeightDiagnostics, double?> read) =>
            plots.Add(new(name, [.. weights.Select((weight, i) => Line(Label(weight), records, record => read(record.Weights[i])))]));

        OfWeights("Largest singular value", weight => weight.Largest);
        OfWeights("Smallest singular value", weight => weight.Smallest);
        OfWeights("log10 of the condition of weights", weight => Log(weight.Condition));
        OfWeights("Effective rank over the full rank", weight => weight.EffectiveRank / Math.Min(weight.Rows, weight.Columns));
        OfWeights("Norm of weights", weight => weight.Norm);
        OfWeights("Norm of the step", weight => weight.Update);
        if (units.Length > 0)
            plots.Add(new("Dormant share of units", [.. units.Select((layer, i) => Line(Label(layer), records, record => record.Units[i].DormantFraction))]));
        if (records.Any(record => record.Jacobian is not null))
        {
            plots.Add(new("End-to-end Jacobian: singular values", [
                Line(Label("largest"), records, record => record.Jacobian?.Largest), Line(Label("smallest"), records, record => record.Jacobian?.Smallest)]));
        }

        if (records.Any(record => record.Kernel is not null))
            plots.Add(new("log10 of the condition of the tangent kernel", [Line(Label("tangent kernel"), records, record => Log(record.Kernel?.Condition))]));

        int Label(string name)
        {
            int index = labels.IndexOf(name);
            if (index < 0)
                labels.Add(name);
            return index < 0 ? labels.Count - 1 : index;
        }
    }

    private static double? Log(double? value) => value is { } number && number > 0 ? Math.Log10(number) : null;

    private static ReportPlots.BandPlot Line(int label, DiagnosticsRecord[] records, Func<DiagnosticsRecord, double?> read)
    {
        DiagnosticsRecord[] known = [.. records.Where(record => read(record) is { } value && double.IsFinite(value))];
        double?[] values = [.. known.Select(read)];
        return new ReportPlots.BandPlot(label, [.. known.Select(record => (double)record.Step)], values, values, values);
    }
}

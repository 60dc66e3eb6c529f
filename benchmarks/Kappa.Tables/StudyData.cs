using Kappa.Lab.Tasks.Supervised;
using Kappa.Training;

namespace Kappa.Tables;

/// <summary>The rows of one seed: written as CSV, read back, split and encoded as any table of a user's is.</summary>
internal sealed class StudyData
{
    /// <summary>What test rows are like that are not shifted.</summary>
    internal const string AsTheyAre = "as they are";

    private static readonly (string Name, Shift Shift, double Strength)[] Shifts =
    [
        ("noise 0.1", Shift.Noise, 0.1), ("noise 0.3", Shift.Noise, 0.3), ("missing 10%", Shift.Missing, 0.1), ("missing 30%", Shift.Missing, 0.3),
    ];

    private readonly TableEncoder _encoder;
    private readonly int _positive;

    /// <summary>Makes, writes and reads the rows.</summary>
    /// <param name="table">Which table.</param>
    /// <param name="rows">How many.</param>
    /// <param name="seed">Draws them, and splits them.</param>
    /// <param name="csvFile">Where they are written.</param>
    internal StudyData(GeneratedTable table, int rows, ulong seed, string csvFile)
    {
        Table = table;
        var generated = table.Generate(rows, seed);
        generated.WriteCsv(csvFile, GeneratedTable.Target, table.IsClasses);
        var read = Data.Tables.Table.ReadCsv(csvFile);
        var generator = new Philox(seed).Split("study");
        var outer = Splits.Random(rows, 0.2, generator.Split("test"));
        var inner = Splits.Random(outer.Training.Count, 0.25, generator.Split("validation"));
        int[] training = [.. inner.Training.Select(row => outer.Training[row])], validation = [.. inner.Validation.Select(row => outer.Training[row])];
        int[] test = [.. outer.Validation];
        _encoder = TableEncoder.Fit(read.Take(training), GeneratedTable.Target, new TableEncoderOptions
        {
            Kind = table.IsClasses ? TargetKind.Classes : TargetKind.Numbers, StandardizeTarget = true,
        });
        _positive = _encoder.ClassNames.Index().FirstOrDefault(name => name.Item == GeneratedTable.ClassNames[1]).Index;
        (Training, Validation, Test) = (_encoder.Encode(read.Take(training)), _encoder.Encode(read.Take(validation)), _encoder.Encode(read.Take(test)));
        TrainingInputs = Inputs(Training);
        ValidationInputs = Inputs(Validation);
        TestInputs = [(AsTheyAre, Inputs(Test)), .. Shifts.Select(shift => (shift.Name, Inputs(new ShiftedDataSet(Test, shift.Shift, shift.Strength))))];
        (TrainingTargets, ValidationTargets) = (Targets(Training), Targets(Validation));
        ValidationTruth = [.. validation.Select(row => generated.Targets[row])];
        TestTruth = [.. test.Select(row => generated.Targets[row])];
        BestPredictions = [.. test.Select(row => generated.Truth[row])];
    }

    internal GeneratedTable Table { get; }

    internal DataSet Training { get; }

    internal DataSet Validation { get; }

    internal DataSet Test { get; }

    /// <summary>Numbers that a network puts out.</summary>
    internal int OutputSize => Table.IsClasses ? 2 : 1;

    /// <summary>Standardised by the training rows, <c>[rows, features]</c>.</summary>
    internal Tensor TrainingInputs { get; }

    /// <inheritdoc cref="TrainingInputs"/>
    internal Tensor ValidationInputs { get; }

    /// <summary>The inputs of the test rows as they are and shifted, by the name of the shift.</summary>
    internal IReadOnlyList<(string Name, Tensor Inputs)> TestInputs { get; }

    /// <summary>Standardised numbers, or 1 for the class yes and 0 for no.</summary>
    internal float[] TrainingTargets { get; }

    /// <inheritdoc cref="TrainingTargets"/>
    internal float[] ValidationTargets { get; }

    /// <summary>The predictions of the function that made the test rows, in the unit of the target.</summary>
    internal double[] BestPredictions { get; }

    private double[] ValidationTruth { get; }

    private double[] TestTruth { get; }

    /// <summary>What decides which settings are best: the mean squared error, or the mean cross-entropy in nats.</summary>
    /// <param name="outputs">Standardised numbers, or probabilities of the class yes, of the validation rows.</param>
    internal double ValidationLoss(double[] outputs) => Scores.Loss(Table.IsClasses, InUnit(outputs), ValidationTruth);

    /// <summary>All metrics by name.</summary>
    /// <param name="outputs">Standardised numbers, or probabilities of the class yes, of the test rows.</param>
    internal IReadOnlyDictionary<string, double> TestScores(double[] outputs) => Scores.All(Table.IsClasses, InUnit(outputs), TestTruth);

    /// <summary>What the function that made the rows scores on the test rows.</summary>
    internal IReadOnlyDictionary<string, double> BestScores() => Scores.All(Table.IsClasses, BestPredictions, TestTruth);

    /// <summary>The probabilities of the class yes.</summary>
    /// <param name="logits"><c>[rows, 2]</c>.</param>
    internal double[] Probabilities(ReadOnlySpan<float> logits)
    {
        double[] probabilities = new double[logits.Length / 2];
        for (int row = 0; row < probabilities.Length; row++)
        {
            double difference = logits[(2 * row) + _positive] - logits[(2 * row) + 1 - _positive];
            probabilities[row] = 1 / (1 + Math.Exp(-difference));
        }
        return probabilities;
    }

    private double[] InUnit(double[] outputs) =>
        Table.IsClasses ? outputs : _encoder.ToNumbers(Tensor.From(outputs, [outputs.Length]));

    private static Tensor Inputs(DataSet data)
    {
        var inputs = Tensor.Zeros([data.Count, data.InputShape.Count]);
        var targets = Tensor.Zeros([data.Count], data.TargetType);
        data.Copy([.. Enumerable.Range(0, data.Count)], inputs, targets);
        return inputs;
    }

    private float[] Targets(DataSet data)
    {
        if (Table.IsClasses)
            return [.. Splits.Labels(data).Select(label => label == _positive ? 1f : 0f)];
        var inputs = Tensor.Zeros([data.Count, data.InputShape.Count]);
        var targets = Tensor.Zeros([data.Count]);
        data.Copy([.. Enumerable.Range(0, data.Count)], inputs, targets);
        return targets.ToArray<float>();
    }
}

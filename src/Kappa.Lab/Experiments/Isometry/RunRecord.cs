namespace Kappa.Lab.Experiments.Isometry;

/// <summary>What a run has measured so far, series by series, as its result and its checkpoints hold it.</summary>
/// <param name="unit">What it goes through: <c>task</c> or <c>world</c>.</param>
/// <param name="names">The series; the last has what did not stay finite, from 1. The numbers of <see cref="NetworkDiagnosis"/> come by themselves.</param>
internal sealed class RunRecord(string unit, params string[] names)
{
    private const string FailureField = "firstFailure";
    private readonly Dictionary<string, List<double>> _series =
        names.Concat(NetworkDiagnosis.Numbers.Select(number => number.Name)).ToDictionary(name => name, _ => new List<double>());

    internal string? FirstFailure { get; private set; }

    internal List<double> Failures => _series[names[^1]];

    internal List<double> this[string name] => _series[name];

    /// <summary>Looks at the network, with inputs as it takes them.</summary>
    internal void Diagnose(Sequential model, Tensor probe)
    {
        var diagnosis = NetworkDiagnosis.Of(model, probe);
        foreach (var (name, _, of) in NetworkDiagnosis.Numbers)
            _series[name].Add(of(diagnosis));
    }

    /// <summary>Takes note that a task or world, from 0, did not stay finite; once, however often it is said.</summary>
    internal void Fail(int index, NonFiniteException error)
    {
        if (Failures.LastOrDefault() != index + 1)
            Failures.Add(index + 1);
        FirstFailure ??= $"{unit} {index + 1}: {error.Message}";
    }

    internal JsonObject ToJson()
    {
        var json = new JsonObject();
        foreach (string name in names)
            json[name] = CellResult.Json(_series[name]);
        json[FailureField] = FirstFailure;
        foreach (var (name, _, _) in NetworkDiagnosis.Numbers)
            json[name] = CellResult.Json(_series[name]);
        return json;
    }

    /// <summary>Goes on from what a checkpoint holds.</summary>
    internal RunRecord From(JsonElement json)
    {
        var read = new CellResult("", JsonObject.Create(json)!);
        foreach (var (name, values) in _series)
            values.AddRange(read.Numbers(name));
        FirstFailure = read.Value[FailureField]?.GetValue<string>();
        return this;
    }
}

namespace Kappa.Onnx;

/// <summary>Settings of <see cref="OnnxModel.Export"/>.</summary>
public sealed record OnnxExportOptions
{
    /// <summary>The name of the input.</summary>
    public string InputName { get; init; } = "input";

    /// <summary>The name of the output.</summary>
    public string OutputName { get; init; } = "output";

    /// <summary>The name of the batch's dimension.</summary>
    public string BatchName { get; init; } = "batch";

    /// <summary>The name of the length of sequences, the first axis of the input behind the batch: the file then takes as many positions as the model does.
    /// Null, the default: as many as the example has.</summary>
    public string? SequenceName { get; init; }

    /// <summary>The version of the operators, 17 to 22. Default 17, which every runtime since 2022 takes.</summary>
    [Range(AtLeast = 17, AtMost = 22)]
    public int OperatorSet { get; init; } = 17;

    /// <summary>What the file says of where the model came from, beside its type and the version of Kappa.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    /// <summary>Checks every setting.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of range; the message names it, what it got and what it takes.</exception>
    /// <exception cref="ArgumentException">A name is empty, or the input and the output have the same.</exception>
    public void Validate()
    {
        OptionRanges.Check(this);
        foreach (var (name, value) in new[] { (nameof(InputName), InputName), (nameof(OutputName), OutputName), (nameof(BatchName), BatchName),
            (nameof(SequenceName), SequenceName ?? "any") })
        {
            if (string.IsNullOrWhiteSpace(value))
                throw new ArgumentException($"OnnxExportOptions.{name}: expected a name; got an empty one", name);
        }

        if (InputName == OutputName)
            throw new ArgumentException($"OnnxExportOptions.OutputName: the input is called \"{InputName}\" as well; expected two names", nameof(OutputName));
        if (SequenceName == BatchName)
        {
            throw new ArgumentException(
                $"OnnxExportOptions.SequenceName: the batch is called \"{BatchName}\" as well; expected two names", nameof(SequenceName));
        }
    }
}

namespace Kappa.Onnx;

/// <summary>Settings of <see cref="OnnxModel.Import"/>.</summary>
public sealed record OnnxImportOptions
{
    /// <summary>Which input the module takes. Null, the default: the first one.</summary>
    public string? Input { get; init; }

    /// <summary>Which output the module gives. Null, the default: the first one. What only other outputs need is left out.</summary>
    public string? Output { get; init; }

    /// <summary>The lengths of dimensions that the file only names, such as <c>height</c>, for what needs an example of the input: those of an input follow it,
    /// whatever is said here.</summary>
    public IReadOnlyDictionary<string, int> Dimensions { get; init; } = new Dictionary<string, int>();

    /// <summary>What the other inputs are filled with, such as 1 for <c>attention_mask</c>: an input that is not given to
    /// <see cref="OnnxModule.Forward(IReadOnlyDictionary{string, Tensor})"/> holds this number everywhere.</summary>
    public IReadOnlyDictionary<string, double> Fill { get; init; } = new Dictionary<string, double>();

    /// <summary>The first parts of names of weights that are no parameters, such as <c>embeddings</c> or <c>encoder.layer.*.attention</c>; <c>*</c> is any one
    /// part. They are kept, saved and exported, and not trained.</summary>
    public IReadOnlyList<string> Frozen { get; init; } = [];

    /// <summary>Checks every setting.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of range; the message names it, what it got and what it takes.</exception>
    /// <exception cref="ArgumentException">A pattern of <see cref="Frozen"/> has an empty part.</exception>
    public void Validate()
    {
        foreach (var (name, length) in Dimensions)
        {
            if (length < 1)
                throw new ArgumentOutOfRangeException(nameof(Dimensions), length, $"OnnxImportOptions.Dimensions: \"{name}\" takes a length of 1 or more; "
                    + $"got {length}");
        }

        foreach (var (name, value) in Fill)
        {
            if (!double.IsFinite(value))
                throw new ArgumentOutOfRangeException(nameof(Fill), value, $"OnnxImportOptions.Fill: \"{name}\" takes a finite number; got {value}");
        }

        foreach (string pattern in Frozen)
        {
            if (string.IsNullOrEmpty(pattern) || pattern.Split('.').Any(part => part.Length == 0))
                throw new ArgumentException($"OnnxImportOptions.Frozen: \"{pattern}\": expected parts of a name between dots, such as \"embeddings\"",
                    nameof(Frozen));
        }
    }
}

using Kappa.Onnx;

namespace Kappa.Lab.Studies.Train;

/// <summary>An ONNX file, and what is needed to read it.</summary>
/// <param name="Path">The file.</param>
public sealed record OnnxRequest(string Path)
{
    /// <summary>Which input, and what open dimensions and other inputs are.</summary>
    public OnnxImportOptions Import { get; init; } = new();

    /// <summary>The shape of one input without the batch; null: as the file says.</summary>
    public IReadOnlyList<int>? InputShape { get; init; }

    /// <summary>A JSON file whose <c>data</c> the model is judged on, as in a config of <c>kappa train</c>; null for random inputs.</summary>
    public string? DescriptionPath { get; init; }

    /// <summary>Whether a path is that of such a file.</summary>
    /// <param name="path">The path.</param>
    public static bool IsOnnx(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return path.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Reads the model, and runs it once, on zeros: what does not go with the input is told before any work.</summary>
    /// <exception cref="ConfigException">The shape of the input is open, or an option does not fit the file.</exception>
    /// <exception cref="OnnxException">The file is damaged, holds what Kappa does not take, or does not run on one example.</exception>
    public (OnnxModule Model, Shape InputShape, DataType InputType) Load()
    {
        try
        {
            var model = OnnxModel.Import(Path, Import);
            var (shape, type) = model.InputOf(InputShape, "--input-shape");
            RequireRunning(model, shape, type);
            return (model, shape, type);
        }
        catch (ArgumentException error) when (error is not TensorShapeException)
        {
            // What the library calls an argument is here an option of the user's.
            throw new ConfigException(error.Message.Split(" (Parameter", 2)[0].ReplaceLineEndings(" "));
        }
    }

    private void RequireRunning(OnnxModule model, Shape shape, DataType type)
    {
        using var quiet = NoGradient.Begin();
        using var scope = TensorScope.Begin();
        try
        {
            _ = model.Forward(Tensor.Zeros([1, .. shape.ToArray()], type));
        }
        catch (TensorShapeException error)
        {
            string place = $"{Path}: ";
            string reason = error.Message.StartsWith(place, StringComparison.Ordinal) ? error.Message[place.Length..] : error.Message;
            throw new OnnxException(Path, $"one example {shape} does not run: {reason}", error);
        }
    }
}

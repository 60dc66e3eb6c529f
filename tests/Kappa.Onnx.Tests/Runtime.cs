using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Tensor = Kappa.Tensors.Tensor;

namespace Kappa.Onnx.Tests;

/// <summary>ONNX Runtime, which results are compared with.</summary>
internal static class Runtime
{
    /// <summary>Runs a file on one input, and gives its first output.</summary>
    internal static double[] Run(string path, params (string Name, Tensor Value)[] inputs)
    {
        using var options = new SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        using var session = new InferenceSession(path, options);
        var values = inputs.Select(input => Named(input.Name, input.Value, session)).ToArray();
        using var results = session.Run(values, [session.OutputNames[0]]);
        return results[0].Value switch
        {
            DenseTensor<float> floats => [.. floats.Select(value => (double)value)],
            DenseTensor<double> doubles => [.. doubles],
            var other => throw new InvalidOperationException($"unexpected {other.GetType()}"),
        };
    }

    internal static double[] Run(string path, Tensor input) => Run(path, ("input", input));

    /// <summary>The largest difference over the largest expected number.</summary>
    internal static double Difference(double[] expected, Tensor actual)
    {
        using var doubles = actual.To(DataType.Float64);
        double[] got = doubles.ToArray<double>();
        Assert.Equal(expected.Length, got.Length);
        double size = expected.Max(Math.Abs), difference = expected.Zip(got).Max(pair => Math.Abs(pair.First - pair.Second));
        return double.IsFinite(size) ? difference / Math.Max(size, 1e-30) : throw new InvalidOperationException("the expected numbers are not finite");
    }

    private static NamedOnnxValue Named(string name, Tensor value, InferenceSession session)
    {
        int[] shape = value.Shape.ToArray();
        return value.DataType switch
        {
            DataType.Float32 => NamedOnnxValue.CreateFromTensor(name, new DenseTensor<float>(value.ToArray<float>(), shape)),
            DataType.Float64 => NamedOnnxValue.CreateFromTensor(name, new DenseTensor<double>(value.ToArray<double>(), shape)),
            _ when session.InputMetadata[name].ElementType == typeof(int) => NamedOnnxValue.CreateFromTensor(
                name, new DenseTensor<int>(value.ToArray<int>(), shape)),
            _ => NamedOnnxValue.CreateFromTensor(name, new DenseTensor<long>(Array.ConvertAll(value.ToArray<int>(), index => (long)index), shape)),
        };
    }
}

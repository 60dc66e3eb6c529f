using System.Text.Json;
using Kappa.Networks;
using Kappa.Networks.Activations;
using Kappa.Networks.Layers;
using Kappa.Rescaling;
using Kappa.Tensors;

namespace Kappa.Tests.Rescaling;

/// <summary>Against numbers that the functions of the paper's own code computed in float64 (arXiv 2602.19799, github.com/Artim436/pathcond).</summary>
public class ReferenceScaleTests
{
    [Theory]
    [InlineData("mlp-2-8-8-2")]
    [InlineData("mlp-6-12-3-9-4")]
    [InlineData("conv-1-4-6-3")]
    public void The_diagonal_of_the_gram_agrees_with_the_published_code(string name)
    {
        var (model, fixture, options) = Load(name);
        double[] expected = Numbers(fixture, "diag_g");
        double[] got = [.. PathLifting.GramDiagonal(model, options).SelectMany(parameter => parameter.Tensor.ToArray<double>())];
        Assert.Equal(expected.Length, got.Length);
        for (int i = 0; i < got.Length; i++)
            Assert.InRange(got[i], expected[i] * (1 - 1e-9), expected[i] * (1 + 1e-9));
    }

    [Theory]
    [InlineData("mlp-2-8-8-2", 1)]
    [InlineData("mlp-2-8-8-2", 10)]
    [InlineData("mlp-2-8-8-2", 2000)]
    [InlineData("mlp-6-12-3-9-4", 1)]
    [InlineData("mlp-6-12-3-9-4", 10)]
    [InlineData("mlp-6-12-3-9-4", 2000)]
    [InlineData("conv-1-4-6-3", 1)]
    [InlineData("conv-1-4-6-3", 10)]
    [InlineData("conv-1-4-6-3", 2000)]
    public void The_scales_agree_with_the_published_code_after_the_same_number_of_sweeps(string name, int sweeps)
    {
        var (model, fixture, options) = Load(name);
        var result = PathConditioning.Analyse(model, options with { Sweeps = sweeps, Tolerance = 0 });
        Assert.Equal(fixture.GetProperty("units").GetInt32(), result.LogScales.Count);
        Same(Numbers(fixture, $"pathcond_z_{sweeps}"), result.LogScales);
        Assert.Equal(fixture.GetProperty("criterion_before").GetDouble(), result.CriterionBefore, 1e-8);
        if (sweeps == 2000)
            Assert.Equal(fixture.GetProperty("criterion_after").GetDouble(), result.CriterionAfter, 1e-7);
    }

    [Theory]
    [InlineData("mlp-2-8-8-2")]
    [InlineData("mlp-6-12-3-9-4")]
    [InlineData("conv-1-4-6-3")]
    public void The_baseline_agrees_with_the_published_code(string name)
    {
        var (model, fixture, options) = Load(name);
        var result = EquiNormalization.Analyse(model, options with { Sweeps = 10, Tolerance = 0 });
        Same(Numbers(fixture, "enorm_z_10"), result.LogScales);
    }

    private static void Same(double[] expected, IReadOnlyList<double> got)
    {
        Assert.Equal(expected.Length, got.Count);
        for (int i = 0; i < got.Count; i++)
            Assert.Equal(expected[i], got[i], 1e-8);
    }

    private static double[] Numbers(JsonElement fixture, string name) => [.. fixture.GetProperty(name).EnumerateArray().Select(value => value.GetDouble())];

    private static (Module Model, JsonElement Fixture, RescalingOptions Options) Load(string name)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Rescaling", "Fixtures", $"{name}.json")));
        var fixture = document.RootElement.Clone();
        bool isConvolution = fixture.GetProperty("kind").GetString() == "conv";
        var entries = fixture.GetProperty("parameters").EnumerateArray().ToArray();
        var modules = new List<Module>();
        for (int i = 0; i < entries.Length; i++)
        {
            int[] shape = Shape(entries[i]);
            if (shape.Length == 1)
                continue;
            if (modules.Count > 0)
                modules.Add(new ReLU());
            bool bias = i + 1 < entries.Length && Shape(entries[i + 1]).Length == 1;
            modules.Add(isConvolution ? new Conv2d(shape[1], shape[0], shape[2], padding: 1, bias: bias, type: DataType.Float64)
                : new Linear(shape[1], shape[0], bias, type: DataType.Float64));
        }

        if (isConvolution)
            modules.Add(new GlobalAvgPool2d());
        var model = new Sequential([.. modules]);
        foreach (var (parameter, entry) in model.Parameters().Zip(entries))
            parameter.Tensor.CopyFromInPlace(Tensor.From(Numbers(entry, "values"), parameter.Tensor.Shape));
        return (model, fixture, new RescalingOptions { InputShape = isConvolution ? [1, 32, 32] : null });
    }

    private static int[] Shape(JsonElement entry) => [.. entry.GetProperty("shape").EnumerateArray().Select(length => length.GetInt32())];
}

using Kappa.Diagnostics;
using Kappa.LinearAlgebra.Solvers;
using Kappa.Tensors;
using Kappa.Tests.Tensors.Devices;
using TorchSharp;

namespace Kappa.TorchSharp.Tests;

/// <summary>Diagnostics of a TorchSharp model, against those of ours with the same weights.</summary>
public sealed class DiagnosticsTests
{
    public DiagnosticsTests() => Libtorch.Require();

    [SkippableTheory]
    [InlineData("linear")]
    [InlineData("convolution")]
    [InlineData("embedding")]
    public void Singular_values_and_dormant_units_are_those_of_our_own_model(string kind)
    {
        var pair = ModelPair.Make(kind);
        var weights = TorchDiagnostics.Weights(pair.Theirs);
        foreach (var (name, tensor) in pair.Ours.Parameters().Where(parameter => parameter.Tensor.Rank >= 2))
            DeviceAgreement.RequireClose([.. MatrixSpectrum.Of(tensor).Values], [.. weights[name].Values], 1e-9, name);
        var (expected, actual) = (DormantUnits.Measure(pair.Ours, pair.Inputs(1)), TorchDiagnostics.Units(pair.Theirs, ModelPair.Torch(pair.Inputs(1))));
        Assert.Equal(expected.Select(units => units.Layer), actual.Select(units => units.Layer));
        foreach (var (own, their) in expected.Zip(actual))
            DeviceAgreement.RequireClose([.. own.Scores], [.. their.Scores], 1e-9, own.Layer);
    }

    [SkippableTheory]
    [InlineData("linear")]
    [InlineData("convolution")]
    [InlineData("nested")]
    public void The_Jacobian_has_the_singular_values_of_our_own(string kind)
    {
        var pair = ModelPair.Make(kind);
        var x = pair.Inputs(1).Slice(0, 0, 1);
        var (expected, actual) = (JacobianSpectrum.Dense(pair.Ours.Forward, x), TorchDiagnostics.Jacobian(pair.Theirs.call, ModelPair.Torch(x)));
        DeviceAgreement.RequireClose([.. expected.Values], [.. actual.Values], 1e-8, "the singular values");
        var ends = TorchDiagnostics.JacobianExtremes(pair.Theirs.call, ModelPair.Torch(x));
        Assert.Equal(expected.Largest, ends.Largest, 1e-6);

        // More outputs than inputs.
        var wide = torch.nn.Linear(3, 7, dtype: torch.float64);
        var spectrum = TorchDiagnostics.Jacobian(input => wide.call(input).tanh(), torch.zeros(1, 3, dtype: torch.float64));
        Assert.Equal(3, spectrum.Values.Count);
    }

    [SkippableFact]
    public void A_dead_unit_is_found_and_the_model_is_left_as_it_is()
    {
        var pair = ModelPair.Make("linear");
        using (torch.no_grad())
        {
            _ = pair.Theirs.named_parameters().First(entry => entry.name == "first.weight").parameter[2].zero_();
            _ = pair.Theirs.named_parameters().First(entry => entry.name == "first.bias").parameter[2].fill_(-1);
        }

        var units = TorchDiagnostics.Units(pair.Theirs, ModelPair.Torch(pair.Inputs(1)));
        Assert.Equal(0, Assert.Single(units).Scores[2]);
        Assert.All(pair.Theirs.parameters(), parameter => Assert.Null(parameter.grad));
    }

    [SkippableFact]
    public void Bad_arguments_are_said()
    {
        var layer = torch.nn.Linear(3, 2);
        Assert.Throws<ArgumentException>(() => TorchDiagnostics.Units(layer, torch.ones(0, 3)));
        Assert.Throws<ArgumentException>(() => TorchDiagnostics.Jacobian(layer.call, torch.ones(0, 3)));
        Assert.Throws<ArgumentException>(() => TorchDiagnostics.Jacobian(_ => torch.ones(2), torch.ones(1, 3)));
        Assert.Contains("JacobianExtremes", Assert.Throws<ArgumentException>(
            () => TorchDiagnostics.Jacobian(input => input * 2, torch.ones(1, 2000))).Message, StringComparison.Ordinal);
        using (torch.no_grad())
            _ = layer.weight.fill_(float.NaN);
        Assert.Throws<NonFiniteException>(() => TorchDiagnostics.Weights(layer));
    }

    [SkippableFact]
    public void Memory_stays_flat()
    {
        var pair = ModelPair.Make("linear");
        var x = ModelPair.Torch(pair.Inputs(1));
        var one = x[..1];
        Flat.Require(() =>
        {
            using var scope = TensorScope.Begin();
            _ = TorchDiagnostics.Weights(pair.Theirs);
            _ = TorchDiagnostics.Units(pair.Theirs, x);
            _ = TorchDiagnostics.Jacobian(pair.Theirs.call, one);
        });
    }
}

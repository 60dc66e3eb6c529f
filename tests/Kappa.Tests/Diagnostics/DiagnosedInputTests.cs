using Kappa.Diagnostics;
using Kappa.Networks;
using Kappa.Networks.Activations;
using Kappa.Networks.Layers;
using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Tests.Diagnostics;

/// <summary>Diagnostics of no examples, and of models that are not finite: named, never a figure.</summary>
public sealed class DiagnosedInputTests
{
    private static readonly Dictionary<string, Action<Module, Tensor>> Diagnoses = new()
    {
        ["TrainingDiagnostics"] = (model, inputs) => new TrainingDiagnostics(model, inputs).Measure(0),
        ["TrainingDiagnostics without kernel and Jacobian"] = (model, inputs) =>
            new TrainingDiagnostics(model, inputs, new DiagnosticsOptions { JacobianInputs = 0, KernelInputs = 0 }).Measure(0),
        ["DormantUnits"] = (model, inputs) => DormantUnits.Measure(model, inputs),
        ["NeuralTangentKernel"] = (model, inputs) => NeuralTangentKernel.Of(model, inputs),
        ["JacobianSpectrum.Dense"] = (model, inputs) => JacobianSpectrum.Dense(model.Forward, inputs),
        ["JacobianSpectrum.Extremes"] = (model, inputs) => JacobianSpectrum.Extremes(model.Forward, inputs),
    };

    public static TheoryData<string> Names => [.. Diagnoses.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void No_examples_are_said_to_be_none(string name)
    {
        foreach (Shape shape in new Shape[] { [0, 3], [0] })
        {
            using var scope = TensorScope.Begin();
            var error = Assert.ThrowsAny<Exception>(() => Diagnoses[name](Model(), Tensor.Zeros(shape)));
            Assert.Contains($"{shape}", Assert.IsType<TensorShapeException>(error).Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_weight_that_is_not_finite_gives_no_figure(string name)
    {
        // What looks at outputs alone sees a unit that minus infinity switches off, and its zeros are finite.
        bool seesOutputsAlone = name is "DormantUnits" or "NeuralTangentKernel";
        foreach (float value in (float[])[float.NaN, float.PositiveInfinity, .. seesOutputsAlone ? Array.Empty<float>() : [float.NegativeInfinity]])
        {
            using var scope = TensorScope.Begin();
            var model = Model();
            model.StateDict()["0.weight"].Values<float>()[1] = value;
            _ = Assert.Throws<NonFiniteException>(() => Diagnoses[name](model, Tensor.Ones([2, 3])));
        }
    }

    [Fact]
    public void A_large_weight_that_is_not_finite_gives_no_figure()
    {
        using var scope = TensorScope.Begin();
        // Above the limit of dense matrices, so that singular values come from products.
        var model = new Sequential(new Linear(1100, 1100), new ReLU(), new Linear(1100, 1)).Initialize(new Philox(0));
        model.StateDict()["0.weight"].Values<float>()[7] = float.NaN;
        _ = Assert.Throws<NonFiniteException>(
            () => new TrainingDiagnostics(model, Tensor.Ones([1, 1100]), new DiagnosticsOptions { JacobianInputs = 0, KernelInputs = 0 }).Measure(0));
    }

    private static Module Model() => new Sequential(new Linear(3, 4), new ReLU(), new Linear(4, 2)).Initialize(new Philox(1));
}

using Kappa.Curvature.Operators;
using Kappa.Diagnostics;
using Kappa.LinearAlgebra.Solvers;
using Kappa.Networks;
using Kappa.Networks.Activations;
using Kappa.Networks.Layers;
using Kappa.Optimizers;
using Kappa.Preconditioning;
using Kappa.Randomness;
using Kappa.Rescaling;
using Kappa.Tensors;
using Kappa.Tests.Optimizers;
using Kappa.Tests.Plasticity;
using Kappa.Tests.Rescaling;

namespace Kappa.Tests.Tensors.Devices;

/// <summary>Every method on a device whose memory the host cannot reach, against the same on the host.</summary>
public sealed class MethodsOnDeviceTests
{
    private static Device Other => ReferenceBackend.Device;

    public static TheoryData<string> Networks => [.. RescalableNetworks.Names];

    [Theory]
    [MemberData(nameof(StatefulOptimizers.Names), MemberType = typeof(StatefulOptimizers))]
    public void Every_optimizer_trains_there_as_on_the_host(string name)
    {
        double[][] expected = Train(name, Device.Cpu), actual = Train(name, Other);
        for (int i = 0; i < expected.Length; i++)
            DeviceAgreement.RequireClose(expected[i], actual[i], 1e-9, $"{name}, parameter {i}");
    }

    [Theory]
    [InlineData(PreconditioningForm.Dual, 4)]
    [InlineData(PreconditioningForm.Primal, 40)]
    public void DoPr_is_the_same_in_either_form_and_for_convolutions_and_embeddings(PreconditioningForm form, int batch)
    {
        foreach (var make in (Func<Sequential>[])[() => new(new Linear(6, 8), new ReLU(), new Linear(8, 6)),
            () => new(new Conv2d(2, 4, 3, padding: 1), new ReLU(), new Flatten(), new Linear(36, 6)), () => new(new Embedding(7, 6), new Linear(6, 6))])
        {
            double[][][] found = [.. new[] { Device.Cpu, Other }.Select(device =>
            {
                var model = make();
                _ = model.Initialize(new Philox(3)).To(device);
                var optimizer = new DoPr(new SGD(model.Parameters(), 0.1), model);
                var generator = new Philox(5);
                for (int step = 0; step < 3; step++)
                {
                    using var scope = TensorScope.Begin();
                    var x = model.Children[0].Module switch
                    {
                        Linear => Tensor.Normal([batch, 6], generator),
                        Conv2d => Tensor.Normal([batch, 2, 3, 3], generator),
                        _ => Tensor.From([.. Enumerable.Range(0, batch).Select(i => i * 3 % 7)], [batch]),
                    };
                    Loss.MeanSquaredError(model.Forward(x.To(device)), Tensor.Normal([batch, 6], generator).To(device)).Backward();
                    optimizer.Step();
                    optimizer.ZeroGrad();
                }

                Assert.Contains(optimizer.Layers, layer => layer.Form == form || model.Children[0].Module is not Linear);
                return Values(model);
            })];
            for (int i = 0; i < found[0].Length; i++)
                DeviceAgreement.RequireClose(found[0][i], found[1][i], 2e-4, $"{form}, parameter {i}");
        }
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void PathCond_rescales_there_as_on_the_host_and_leaves_the_model_there(string name)
    {
        var (here, input) = RescalableNetworks.Create(name, DataType.Float64);
        var there = RescalableNetworks.Create(name, DataType.Float64).Model.To(Other);
        var options = new RescalingOptions { InputShape = input };
        var (expected, actual) = (PathConditioning.Rescale(here, options), PathConditioning.Rescale(there, options));
        Assert.Equal(expected.LogScales, actual.LogScales);
        Assert.All(there.Parameters(), parameter => Assert.Equal(Other, parameter.Tensor.Device));
        Assert.Equal(Values(here), Values(there));
    }

    [Fact]
    public void PathCond_carries_the_state_of_an_optimizer_along()
    {
        double[][][] states = [.. new[] { Device.Cpu, Other }.Select(device =>
        {
            var model = new Sequential(new Linear(6, 8), new ReLU(), new Linear(8, 3));
            _ = model.Initialize(new Philox(3)).To(device);
            var optimizer = new AdamW(model.Parameters(), 0.01);
            Loss.MeanSquaredError(model.Forward(Tensor.Normal([4, 6], new Philox(1), device: device)), Tensor.Zeros([4, 3], device: device)).Backward();
            optimizer.Step();
            _ = PathConditioning.Rescale(model, optimizer);
            return optimizer.State().Tensors.Select(entry => entry.Value.To(DataType.Float64).ToArray<double>()).ToArray();
        })];
        for (int i = 0; i < states[0].Length; i++)
            DeviceAgreement.RequireClose(states[0][i], states[1][i], 1e-6, $"slot {i}");
    }

    [Fact]
    public void Curvature_is_the_same_there()
    {
        (double[] Values, double[] Numbers) Of(Device device)
        {
            var model = new Sequential(new Linear(3, 5, type: DataType.Float64), new Tanh(), new Linear(5, 4, type: DataType.Float64));
            _ = model.Initialize(new Philox(4)).To(device);
            var inputs = Tensor.Normal([13, 3], new Philox(1), type: DataType.Float64, device: device);
            var labels = Tensor.From([.. Enumerable.Range(0, 13).Select(i => (i * 7) % 4)], [13]).To(device);
            var risk = new EmpiricalRisk(model, Loss.CrossEntropy, new SampleSource(inputs, labels), new RiskOptions { BatchSize = 5 });
            var hessian = new HessianOperator(risk);
            var top = Lanczos.Solve(hessian, 3);
            Assert.Equal(device, top.Eigenvectors.Device);
            return ([.. top.Eigenvalues, .. PowerIteration.Solve(hessian, 2).Eigenvalues], [
                TraceEstimator.HutchPlusPlus(hessian).Trace, risk.Gradient(0, 13).ToArray<double>().Sum(),
                Lanczos.Solve(new GaussNewtonOperator(risk), 1).Eigenvalues[0], Lanczos.Solve(new EmpiricalFisherOperator(risk), 1).Eigenvalues[0],
                Lanczos.Solve(new IncrementOperator(risk, 8), 1).Eigenvalues[0], SpectralDensity.Estimate(hessian).Density[100],
            ]);
        }

        var (expected, actual) = (Of(Device.Cpu), Of(Other));
        DeviceAgreement.RequireClose(expected.Values, actual.Values, 1e-8, "eigenvalues");
        DeviceAgreement.RequireClose(expected.Numbers, actual.Numbers, 1e-8, "estimates");
    }

    [Fact]
    public void Diagnostics_are_the_same_there()
    {
        double[] Of(Device device)
        {
            var model = new Sequential(new Linear(6, 6), new ReLU(), new Linear(6, 4));
            _ = model.Initialize(new Philox(4)).To(device);
            var inputs = Tensor.Normal([5, 6], new Philox(1), device: device);
            return [
                .. JacobianSpectrum.Dense(model.Forward, inputs.Slice(0, 0, 1)).Values, .. NeuralTangentKernel.Of(model, inputs).Values,
                JacobianSpectrum.Extremes(model.Forward, inputs.Slice(0, 0, 1)).Largest, .. DormantUnits.Measure(model, inputs)[0].Scores,
            ];
        }

        DeviceAgreement.RequireClose(Of(Device.Cpu), Of(Other), 2e-5, "diagnostics");
    }

    private static double[][] Train(string name, Device device)
    {
        var model = RemedyRun.Network(DataType.Float64);
        _ = model.Initialize(new Philox(7)).To(device);
        var optimizer = StatefulOptimizers.Make(name, model, new Philox(2).Split("method"));
        optimizer.MaxGradientNorm = 0.5;
        var generator = new Philox(9);
        for (int i = 0; i < 6; i++)
        {
            using var scope = TensorScope.Begin();
            var (x, y) = (Draw([8, 3], generator, device), Draw([8, 2], generator, device));
            Loss.MeanSquaredError(model.Forward(x), y).Backward();
            optimizer.Step();
            optimizer.ZeroGrad();
        }

        return [.. Values(model), .. optimizer.State().Tensors.Select(entry => entry.Value.To(DataType.Float64).ToArray<double>())];
    }

    private static Tensor Draw(Shape shape, Philox generator, Device device) => Tensor.Normal(shape, generator, type: DataType.Float64, device: device);

    private static double[][] Values(Module model) => [.. model.StateDict().Select(entry => entry.Value.To(DataType.Float64).ToArray<double>())];
}

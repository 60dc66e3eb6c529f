using Kappa.Checkpoints;
using Kappa.Optimizers;

namespace Kappa.Onnx.Tests.Import;

public sealed class TrainingTests
{
    [Fact]
    public void A_step_moves_an_imported_model_as_it_moves_the_model_itself()
    {
        using var folder = new TemporaryFolder();
        var (model, shape, _) = Cases.Make("basic block");
        OnnxModel.Export(model, folder["model.onnx"], shape);
        var back = OnnxModel.Import(folder["model.onnx"]);
        foreach (var module in (Module[])[model, back])
        {
            module.Train();
            var optimizer = new AdamW(module.Parameters(), 1e-2);
            for (int step = 0; step < 3; step++)
            {
                using var scope = TensorScope.Begin();
                using var input = Cases.Input(shape, isOfIndices: false, 4, (ulong)step);
                module.Forward(input).Square().Mean().Backward();
                optimizer.Step();
                optimizer.ZeroGrad();
            }
        }

        // Statistics of batches among them; the counters of batches are not in the file.
        var state = model.StateDict();
        foreach (var (name, tensor) in back.StateDict())
        {
            using var expected = state[name].To(DataType.Float64);
            double difference = Runtime.Difference(expected.ToArray<double>(), tensor);
            Assert.True(difference < 1e-3, $"{name}: {difference:G3}");
        }
    }

    [Fact]
    public void AdamW_trains_it_and_its_weights_are_saved_under_their_names()
    {
        using var folder = new TemporaryFolder();
        var (model, shape, _) = Cases.Make("perceptron");
        OnnxModel.Export(model, folder["model.onnx"], shape);
        var back = OnnxModel.Import(folder["model.onnx"]);
        var optimizer = new AdamW(back.Parameters(), 1e-2);
        double first = 0, last = 0;
        for (int step = 0; step < 50; step++)
        {
            using var scope = TensorScope.Begin();
            using var input = Cases.Input(shape, isOfIndices: false, 16);
            var loss = (back.Forward(input) - 1).Square().Mean();
            last = loss.ToDouble();
            first = step == 0 ? last : first;
            loss.Backward();
            optimizer.Step();
            optimizer.ZeroGrad();
        }

        Assert.True(last < 0.2 * first, $"{first:G3} to {last:G3}");
        back.StateDict().Save(folder["weights.safetensors"]);
        model.LoadStateDict(StateDict.Load(folder["weights.safetensors"]));
        using var other = Cases.Input(shape, isOfIndices: false, 5);
        using var expected = back.Forward(other).To(DataType.Float64);
        Assert.True(Runtime.Difference(expected.ToArray<double>(), model.Forward(other)) < 1e-6);
    }

    [Fact]
    public void Without_gradients_it_gives_the_memory_of_its_results_back()
    {
        var model = OnnxModel.Import(ResNet18File.Path);
        using var quiet = NoGradient.Begin();
        using var input = Cases.Input([3, 224, 224], isOfIndices: false, 1);
        using (TensorScope.Begin())
            _ = model.Forward(input);
        long before = GC.GetAllocatedBytesForCurrentThread();
        using (TensorScope.Begin())
            _ = model.Forward(input);
        // Lists and slots; no memory of tensors.
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1 << 20, $"{GC.GetAllocatedBytesForCurrentThread() - before:N0}");
    }
}

using Kappa.Checkpoints;
using Kappa.Tensors;
using Kappa.Tensors.Cpu.Vectors;
using Kappa.Tests.Optimizers;
using Kappa.Tests.Tensors.Cpu;

namespace Kappa.Tests.Checkpoints;

/// <summary>Other vector instructions round differently, so a checkpoint says with which it was computed.</summary>
[Collection(KernelCases.Name)]
public sealed class CheckpointInstructionsTests
{
    public static TheoryData<string, string> Widths
    {
        get
        {
            VectorWidth[] widths = [.. Enum.GetValues<VectorWidth>().Where(width => width <= CpuFeatures.Widest)];
            var pairs = new TheoryData<string, string>();
            foreach (var first in widths)
            {
                foreach (var second in widths)
                    pairs.Add(first.ToString(), second.ToString());
            }

            return pairs;
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void A_checkpoint_names_the_instructions_and_a_resume_with_others_is_told(string written, string read)
    {
        using var folder = new TemporaryFolder();
        string there;
        using (CpuFeatures.Force(Enum.Parse<VectorWidth>(written)))
        {
            there = ComputeInstructions.Selected;
            var run = new SmallRun("adamw", 1);
            run.Train(1);
            _ = Checkpoint.Save(folder.Path, 1, run.Model, run.Optimizer, run.Generator.State);
        }

        using (CpuFeatures.Force(Enum.Parse<VectorWidth>(read)))
        {
            var run = new SmallRun("adamw", 2);
            var checkpoint = Checkpoint.LoadLatest(folder.Path, run.Model, run.Optimizer)!;
            Assert.Equal(there, checkpoint.Instructions);
            string? difference = ComputeInstructions.DifferenceFrom(checkpoint.Instructions);
            if (written == read)
            {
                Assert.Null(difference);
                return;
            }

            Assert.Contains(there, difference, StringComparison.Ordinal);
            Assert.Contains(ComputeInstructions.Selected, difference, StringComparison.Ordinal);
            run.Train(1);
        }
    }

    [Fact]
    public void A_checkpoint_of_an_earlier_version_loads_without_a_word()
    {
        using var folder = new TemporaryFolder();
        var run = new SmallRun("adamw", 1);
        run.Train(1);
        string state = Path.Combine(Checkpoint.Save(folder.Path, 1, run.Model, run.Optimizer, run.Generator.State), "state.json");
        StateFile.Edit(state, json => Assert.True(json.Remove("instructions")));
        var checkpoint = Checkpoint.LoadLatest(folder.Path, run.Model, run.Optimizer)!;
        Assert.Null(checkpoint.Instructions);
        Assert.Null(ComputeInstructions.DifferenceFrom(checkpoint.Instructions));
    }
}

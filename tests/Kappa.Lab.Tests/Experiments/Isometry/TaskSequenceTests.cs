namespace Kappa.Lab.Tests.Experiments.Isometry;

public sealed class TaskSequenceTests
{
    private static readonly PictureSamples Pictures = Small.Pictures();

    [Fact]
    public void A_task_is_a_function_of_seed_and_number_alone_and_differs_from_the_next()
    {
        foreach (var kind in Enum.GetValues<TaskKind>())
        {
            using var third = Make(kind)[3];
            var again = Make(kind);
            using var before = again[0];
            using var same = again[3];
            using var other = Make(kind, seed: 2)[3];
            Assert.Equal(third.Inputs.ToArray<float>(), same.Inputs.ToArray<float>());
            Assert.Equal(third.Labels.ToArray<int>(), same.Labels.ToArray<int>());
            foreach (var different in new[] { before, other })
            {
                Assert.False(
                    third.Inputs.ToArray<float>().SequenceEqual(
                        different.Inputs.ToArray<float>()) && third.Labels.ToArray<int>().SequenceEqual(different.Labels.ToArray<int>()), $"{kind}");
            }
        }
    }

    [Fact]
    public void Permuted_inputs_move_every_picture_alike_in_training_and_test()
    {
        using var task = Make(TaskKind.PermutedInputs)[1];
        float[] moved = task.Inputs.ToArray<float>(), movedTest = task.TestInputs!.ToArray<float>();
        // Values are continuous, so the first picture tells where each pixel went.
        int[] from = [.. Enumerable.Range(0, 64).Select(pixel => Array.IndexOf(Pictures.Inputs, moved[pixel], 0, 64))];
        Assert.Equal(Enumerable.Range(0, 64), from.Order());
        Assert.NotEqual(Enumerable.Range(0, 64), from);
        for (int i = 0; i < moved.Length; i++)
            Assert.Equal(Pictures.Inputs[(i / 64 * 64) + from[i % 64]], moved[i]);
        for (int i = 0; i < movedTest.Length; i++)
            Assert.Equal(Pictures.TestInputs[(i / 64 * 64) + from[i % 64]], movedTest[i]);
        Assert.Equal(Pictures.Labels, task.Labels.ToArray<int>());
    }

    [Fact]
    public void Label_shuffles_rename_classes_one_to_one()
    {
        using var task = Make(TaskKind.LabelShuffles)[2];
        int[] labels = task.Labels.ToArray<int>();
        var names = Pictures.Labels.Zip(labels).Concat(Pictures.TestLabels.Zip(task.TestLabels!.ToArray<int>())).Distinct().ToArray();
        Assert.Equal(10, names.Length);
        Assert.Equal(10, names.Select(name => name.Second).Distinct().Count());
        Assert.Equal(Pictures.Inputs, task.Inputs.ToArray<float>());
    }

    [Fact]
    public void Random_labels_do_not_depend_on_the_pictures_and_have_no_test()
    {
        using var task = Make(TaskKind.RandomLabels)[0];
        using var next = Make(TaskKind.RandomLabels)[1];
        Assert.Null(task.TestInputs);
        // By chance one in ten of 60 agrees: 6, with a standard deviation of 2.3.
        Assert.InRange(task.Labels.ToArray<int>().Zip(Pictures.Labels).Count(pair => pair.First == pair.Second), 0, 16);
        Assert.InRange(task.Labels.ToArray<int>().Zip(next.Labels.ToArray<int>()).Count(pair => pair.First == pair.Second), 0, 16);
    }

    [Fact]
    public void Classes_arrive_two_at_a_time_and_keep_their_pixels_until_the_round_is_over()
    {
        var tasks = Make(TaskKind.ClassIncremental);
        int[] before = [];
        for (int index = 0; index < 10; index++)
        {
            using var task = tasks[index];
            int[] classes = [.. task.Labels.ToArray<int>().Distinct().Order()];
            Assert.Equal(2 * (1 + (index % 5)), classes.Length);
            Assert.Equal(6 * classes.Length, task.Count);
            Assert.Equal(3 * classes.Length, task.TestLabels!.Count);
            if (index % 5 > 0)
                Assert.Subset(classes.ToHashSet(), before.ToHashSet());
            before = classes;
        }

        using var last = tasks[4];
        using var lastOfNext = tasks[9];
        Assert.Equal(last.Labels.ToArray<int>(), lastOfNext.Labels.ToArray<int>());
        Assert.NotEqual(last.Inputs.ToArray<float>(), lastOfNext.Inputs.ToArray<float>());
    }

    private static TaskSequence Make(TaskKind kind, ulong seed = 1) => new(kind, Pictures, new Philox(seed));
}

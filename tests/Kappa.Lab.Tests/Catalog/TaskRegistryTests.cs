using System.Text.Json;
using Kappa.Lab.Catalog;
using Kappa.Lab.Settings;

namespace Kappa.Lab.Tests.Catalog;

public class TaskRegistryTests
{
    [Fact]
    public void Every_task_is_found_by_its_name_and_names_are_unique()
    {
        Assert.Contains(TaskRegistry.All, task => task.Name == "linear-control");
        Assert.All(TaskRegistry.All, task => Assert.Same(task, TaskRegistry.Find(task.Name)));
        Assert.Distinct(TaskRegistry.All.Select(task => task.Name));
    }

    [Fact]
    public void An_unknown_task_is_an_error_with_the_nearest_name()
    {
        var error = Assert.Throws<ConfigException>(() => TaskRegistry.Find("linear-controll"));
        Assert.StartsWith("task.name: unknown task \"linear-controll\"; did you mean \"linear-control\"? Valid: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_described_setting_has_a_default_of_its_type()
    {
        foreach (var setting in TaskRegistry.All.SelectMany(task => task.Settings))
        {
            using var value = JsonDocument.Parse(setting.Default);
            var expected = setting.Type switch
            {
                "integer" or "number" => new[] { JsonValueKind.Number },
                "boolean" => [JsonValueKind.True, JsonValueKind.False],
                "string" => [JsonValueKind.String],
                "array" => [JsonValueKind.Array],
                _ => [],
            };
            Assert.Contains(value.RootElement.ValueKind, expected);
            Assert.All(setting.Choices ?? [], choice => Assert.False(string.IsNullOrEmpty(choice)));
        }
    }
}

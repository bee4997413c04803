namespace Clones.Domain.Pools;

/// <summary>
/// What the fields of a training pool may hold, wherever it comes from: the API and the import from the old system. Each method returns why a
/// value is rejected, completing the sentence "field ..", without quoting it; null where it is not.
/// </summary>
public static class PoolRules
{
    public const int NameLengthMax = 100;
    public const int SkillsMax = 20;
    public const int SkillLengthMax = 50;
    public const int TaskLengthMax = 100;
    public const int TaskLimitsMax = 100;
    public const int UploadLimitMax = 1_000_000;

    public static string? RejectName(string name) => PlainTextRule.Reject(name, 1, NameLengthMax);

    /// <param name="skills">A list may hold null in spite of its type.</param>
    public static string? RejectSkills(IReadOnlyList<string?> skills)
    {
        if (skills.Count > SkillsMax)
        {
            return $"must be at most {SkillsMax}";
        }
        foreach (var skill in skills)
        {
            if (skill is null)
            {
                return "must not contain null";
            }
            if (PlainTextRule.Reject(skill, 1, SkillLengthMax) is { } reason)
            {
                return $"each {reason}";
            }
        }
        return skills.Distinct(StringComparer.Ordinal).Count() == skills.Count ? null : "must not contain one twice";
    }

    /// <param name="task">Its id, as the grading service names it.</param>
    public static string? RejectTask(string task) => PlainTextRule.Reject(task, 1, TaskLengthMax);

    /// <param name="limit">How many submissions one person may be paid for: in all, a day, or of a task.</param>
    public static string? RejectUploadLimit(int limit) =>
        limit is >= 1 and <= UploadLimitMax ? null : $"must be from 1 to {UploadLimitMax}, or null for no limit";
}

/** What stands where a resource says nobody to call. */
export const NO_OWNER = "No owner tag";
